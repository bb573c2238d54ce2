"""A function for what an answer is expected to further a clip by: the rule of domain/matching.py, which names its parts.

As a function and not in the statement that leases: PostgreSQL makes ready every node of a statement with each call,
needed or not, and the parts of this rule took more time to make ready than the whole look takes to run.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION expected_worth(
  p double precision, n_effective double precision, fall double precision, sensitivity double precision,
  specificity double precision, bar double precision, shared_misses double precision, typical double precision
) RETURNS double precision LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  log_odds double precision := ln(p / (1 - p));
  votes double precision := n_effective * (1 - shared_misses) / (1 - shared_misses * n_effective);
  gathered double precision := abs(log_odds) * (1 + shared_misses * GREATEST(0, votes - 1));
  larger double precision := LEAST(votes, (votes + gathered / typical) / 2);
  each double precision := CASE WHEN larger > 0 AND larger >= votes THEN gathered / larger ELSE typical END;
  worth double precision := 0;
  m double precision; a double precision; signed double precision; size double precision; lead double precision;
  joins boolean; kept double precision; ahead double precision; behind double precision; after double precision;
BEGIN
  FOR side IN 1..2 LOOP
    IF side = 1 THEN m := sensitivity; a := 1 - specificity; ELSE m := 1 - sensitivity; a := specificity; END IF;
    signed := ln(m / a);
    size := abs(signed);
    IF log_odds = 0 THEN signed := size; ELSE signed := signed * sign(log_odds); END IF;
    lead := CASE WHEN gathered + signed < 0 THEN votes - larger ELSE larger END;
    joins := (signed >= 0) = (gathered + signed >= 0);
    ahead := lead * each;
    behind := (votes - lead) * each;
    kept := each * lead / (1 + shared_misses * (lead - 1));
    IF joins AND size > each THEN
      kept := size + each * ((lead + 1) / (1 + shared_misses * lead) - 1);
    ELSIF joins THEN
      kept := kept + size * ((lead + 1) / (1 + shared_misses * lead) - lead / (1 + shared_misses * (lead - 1)));
    END IF;
    IF joins THEN ahead := ahead + size; ELSE behind := behind + size; END IF;
    after := abs(gathered + signed);
    IF kept > 0 THEN after := after / ((ahead + behind) / kept - (1 - shared_misses) * behind / ahead); END IF;
    worth := worth + (p * m + (1 - p) * a) * exp(-fall * GREATEST(0, bar - after));
  END LOOP;
  RETURN worth;
END $$
"""


def upgrade() -> None:
    op.execute(FUNCTION)


def downgrade() -> None:
    op.execute(
        "DROP FUNCTION expected_worth(double precision, double precision, double precision, double precision, "
        "double precision, double precision, double precision, double precision)"
    )

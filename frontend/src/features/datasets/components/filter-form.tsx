import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { OUTCOME_WORDS } from "@/lib/ladder";
import type { DatasetFilters, Kind } from "@/lib/models";
import { useVocabulary } from "@/lib/vocabulary";
import { choicesQuery } from "../api/datasets";
import { accountsOf, BASES, BASIS_WORDS, dayOf, dayStart, MEDIA, numberOf, OUTCOMES } from "../filters";
import styles from "./filter-form.module.css";
import { Checks, DayField, Fold, NumberField, TextField } from "./filter-parts";

interface FilterFormProps {
  filters: DatasetFilters;
  onChange: (filters: DatasetFilters) => void;
}

const named = <T extends string>(values: readonly T[]): [T, string][] => values.map((value) => [value, value]);

function Labels({ filters, onChange }: FilterFormProps): ReactElement {
  return (
    <>
      <Checks
        legend="Outcome"
        options={OUTCOMES.map((outcome) => [outcome, OUTCOME_WORDS[outcome]])}
        chosen={filters.outcomes}
        onChange={(outcomes) => onChange({ ...filters, outcomes })}
      />
      <fieldset className={styles.group}>
        <legend>P(manipulated) by people alone</legend>
        <div className={styles.pair}>
          <NumberField label="from" step={0.05} max={1} value={filters.p_people_min} onChange={(text) => onChange({ ...filters, p_people_min: numberOf(text) })} />
          <NumberField label="to" step={0.05} max={1} value={filters.p_people_max} onChange={(text) => onChange({ ...filters, p_people_max: numberOf(text) })} />
        </div>
      </fieldset>
      <fieldset className={styles.group}>
        <legend>At least</legend>
        <div className={styles.pair}>
          <NumberField
            label="votes"
            step={1}
            max={1000}
            value={filters.min_votes}
            onChange={(text) => onChange({ ...filters, min_votes: numberOf(text) === null ? null : Math.round(numberOf(text) ?? 0) })}
          />
          <NumberField
            label="effective votes"
            step={0.5}
            max={1000}
            value={filters.min_effective_votes}
            onChange={(text) => onChange({ ...filters, min_effective_votes: numberOf(text) })}
          />
        </div>
      </fieldset>
      <Checks
        legend="Closed because"
        options={BASES.map((basis) => [basis, BASIS_WORDS[basis]])}
        chosen={filters.bases}
        onChange={(bases) => onChange({ ...filters, bases })}
      />
    </>
  );
}

function Kinds({ filters, onChange }: FilterFormProps): ReactElement {
  const vocabulary = useVocabulary();
  const kinds = vocabulary.data?.kinds.map(({ id, name }): [Kind, string] => [id as Kind, name]) ?? [];
  return (
    <Fold title="Kind of manipulation" chosen={filters.kinds?.length ?? 0}>
      <Checks legend="Named by at least one vote" options={kinds} chosen={filters.kinds} onChange={(chosen) => onChange({ ...filters, kinds: chosen })} />
    </Fold>
  );
}

function Files({ filters, onChange }: FilterFormProps): ReactElement {
  const choices = useQuery(choicesQuery);
  const chosen = [filters.media, filters.containers, filters.codecs].reduce((sum, list) => sum + (list?.length ?? 0), 0);
  return (
    <Fold title="File" chosen={chosen}>
      <Checks legend="Medium" options={named(MEDIA)} chosen={filters.media} onChange={(media) => onChange({ ...filters, media })} />
      <Checks legend="Container" options={named(choices.data?.containers ?? [])} chosen={filters.containers} onChange={(containers) => onChange({ ...filters, containers })} />
      <Checks legend="Codec" options={named(choices.data?.codecs ?? [])} chosen={filters.codecs} onChange={(codecs) => onChange({ ...filters, codecs })} />
    </Fold>
  );
}

function Origin({ filters, onChange }: FilterFormProps): ReactElement {
  const choices = useQuery(choicesQuery);
  const { has_licence: hasLicence } = filters;
  const chosen = (filters.licences?.length ?? 0) + (filters.sources?.length ?? 0) + (typeof hasLicence === "boolean" ? 1 : 0);
  return (
    <Fold title="Licence and source" chosen={chosen}>
      <label className={styles.field}>
        Licence given at upload
        <select
          value={typeof hasLicence === "boolean" ? String(hasLicence) : ""}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...filters, has_licence: value === "" ? null : value === "true", ...(value === "false" ? { licences: [] } : {}) })
          }
        >
          <option value="">either way</option>
          <option value="true">there is one</option>
          <option value="false">there is none</option>
        </select>
      </label>
      {hasLicence === false ? null : (
        <Checks legend="Only these licences" options={named(choices.data?.licences ?? [])} chosen={filters.licences} onChange={(licences) => onChange({ ...filters, licences })} />
      )}
      <Checks legend="Only these sources" options={named(choices.data?.sources ?? [])} chosen={filters.sources} onChange={(sources) => onChange({ ...filters, sources })} />
    </Fold>
  );
}

const DAYS = [
  ["uploaded_since", "Uploaded since"],
  ["uploaded_until", "Uploaded before"],
  ["retired_since", "Closed since"],
  ["retired_until", "Closed before"],
] as const;

function Times({ filters, onChange }: FilterFormProps): ReactElement {
  return (
    <Fold title="When" chosen={DAYS.filter(([name]) => filters[name]).length}>
      {DAYS.map(([name, label]) => (
        <DayField key={name} label={label} value={dayOf(filters[name])} onChange={(day) => onChange({ ...filters, [name]: dayStart(day) })} />
      ))}
    </Fold>
  );
}

function Withdrawn({ filters, onChange }: FilterFormProps): ReactElement {
  const accounts = filters.without_reviewers ?? [];
  return (
    <Fold title="Votes taken out" chosen={accounts.length}>
      <TextField
        label="Accounts whose votes do not count, by number"
        placeholder="12, 57"
        value={accounts.join(", ")}
        onChange={(text) => onChange({ ...filters, without_reviewers: accountsOf(text) })}
      />
      <p className={styles.note}>
        As if these votes had never been cast: the people fit, the counts beside this form and the rows below them are those of the votes that are left. <Link to="/lineage">See what an account’s votes have trained</Link>.
      </p>
    </Fold>
  );
}

/** Which clips a dataset takes. Nothing chosen in a group asks nothing of it. */
export function FilterForm(props: FilterFormProps): ReactElement {
  const { filters, onChange } = props;
  return (
    <div className={styles.form}>
      <Labels {...props} />
      <Kinds {...props} />
      <Files {...props} />
      <Origin {...props} />
      <Times {...props} />
      <Withdrawn {...props} />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={filters.include_simulated ?? false}
          onChange={(event) => onChange({ ...filters, include_simulated: event.currentTarget.checked })}
        />
        Simulated clips and votes too
      </label>
      <p className={styles.note}>Clips of known truth (gold), their near-duplicates and clips in quarantine are never taken.</p>
    </div>
  );
}

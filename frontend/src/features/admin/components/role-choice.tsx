import type { ReactElement } from "react";
import type { Role } from "@/lib/models";
import { ROLE_HINTS, ROLE_WORDS, ROLES } from "@/lib/roles";
import styles from "./admin.module.css";

interface RoleChoiceProps {
  chosen: Role[];
  onChange: (roles: Role[]) => void;
  /** Roles that cannot be changed here, with the reason. */
  fixed?: Partial<Record<Role, string>>;
}

export function RoleChoice({ chosen, onChange, fixed = {} }: RoleChoiceProps): ReactElement {
  const toggle = (role: Role) => onChange(ROLES.filter((one) => (one === role ? !chosen.includes(one) : chosen.includes(one))));
  return (
    <fieldset className={styles.roles}>
      <legend>Roles</legend>
      <div className={styles.roleList}>
        {ROLES.map((role) => (
          <label key={role} className={styles.role}>
            <input type="checkbox" checked={chosen.includes(role)} disabled={fixed[role] !== undefined} onChange={() => toggle(role)} />
            <span>
              {ROLE_WORDS[role]}
              <span className={styles.hint}>{fixed[role] ?? ROLE_HINTS[role]}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

import { Menu, UnstyledButton } from "@mantine/core";
import type { ReactElement } from "react";
import { Link, useNavigate } from "react-router";
import { SimulatedBadge } from "@/components/ui/badge";
import { Icon } from "@/components/ui/icon";
import type { User } from "@/lib/models";
import { hasRole, ROLE_WORDS } from "@/lib/roles";
import { useSignOut } from "../api/sign-out";
import styles from "./user-menu.module.css";

export function UserMenu({ user }: { user: User }): ReactElement {
  const signOut = useSignOut();
  const navigate = useNavigate();
  const leave = () => signOut.mutate(undefined, { onSuccess: () => void navigate("/") });
  return (
    <Menu position="bottom-end" width={260} shadow="md" withinPortal>
      <Menu.Target>
        <UnstyledButton className={styles.button ?? ""} aria-label={`Account: ${user.display_name}`}>
          <span className={styles.initial} aria-hidden>
            {user.display_name.slice(0, 1).toUpperCase()}
          </span>
          <span className={styles.name}>{user.display_name}</span>
          <Icon name="down" size={16} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.who}>
          <strong>{user.display_name}</strong>
          <span className={styles.email}>{user.email}</span>
          <span>{user.roles.map((role) => ROLE_WORDS[role]).join(", ")}</span>
          {user.is_simulated ? <SimulatedBadge /> : null}
        </div>
        <Menu.Divider />
        {hasRole(user, "reviewer") ? (
          <Menu.Item component={Link} to="/me" leftSection={<Icon name="user" size={18} />}>
            My record
          </Menu.Item>
        ) : null}
        <Menu.Item component={Link} to="/account" leftSection={<Icon name="lock" size={18} />}>
          Change my password
        </Menu.Item>
        <Menu.Item onClick={leave} leftSection={<Icon name="right" size={18} />}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

import { Button, Menu, UnstyledButton } from "@mantine/core";
import type { ReactElement } from "react";
import { Link, NavLink, useLocation } from "react-router";
import { BrandMark } from "@/components/ui/brand";
import { Icon } from "@/components/ui/icon";
import { UserMenu } from "@/features/session/components/user-menu";
import { useSession } from "@/lib/session";
import styles from "./header.module.css";
import { linksFor, splitLinks } from "./nav-links";
import type { NavItem } from "./nav-links";
import { ThemeToggle } from "./theme-toggle";

function MenuItems({ links }: { links: NavItem[] }): ReactElement[] {
  return links.map(({ to, label, icon }) => (
    <Menu.Item key={to} component={Link} to={to} leftSection={<Icon name={icon} size={18} />}>
      {label}
    </Menu.Item>
  ));
}

function Bar({ links, pathname }: { links: NavItem[]; pathname: string }): ReactElement {
  const { bar, more } = splitLinks(links, pathname);
  return (
    <nav aria-label="Main" className={styles.nav}>
      {bar.map(({ to, label }) => (
        <NavLink key={to} to={to} className={({ isActive }) => (isActive ? styles.active : styles.link) ?? ""}>
          {label}
        </NavLink>
      ))}
      {more.length === 0 ? null : (
        <Menu position="bottom-start" width={230} shadow="md">
          <Menu.Target>
            <UnstyledButton className={styles.link ?? ""}>
              More desks&nbsp;
              <Icon name="down" size={16} />
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <MenuItems links={more} />
          </Menu.Dropdown>
        </Menu>
      )}
    </nav>
  );
}

export function Header(): ReactElement {
  const session = useSession();
  const { pathname } = useLocation();
  const user = session.data?.user ?? null;
  const links = linksFor(user);
  return (
    <header className={styles.header}>
      <Link to="/" className={styles.brand} aria-label="ClipJury, start page">
        <BrandMark />
        <span>ClipJury</span>
      </Link>
      {links.length === 0 ? null : (
        <Bar links={links} pathname={pathname} />
      )}
      <div className={styles.right}>
        <ThemeToggle />
        {user !== null ? <UserMenu user={user} /> : null}
        {user === null && !session.isPending && pathname !== "/sign-in" ? (
          <Button component={Link} to="/sign-in" size="sm">
            Sign in
          </Button>
        ) : null}
        {links.length === 0 ? null : (
          <Menu position="bottom-end" width={220} shadow="md">
            <Menu.Target>
              <UnstyledButton className={styles.burger ?? ""} aria-label="Menu">
                <Icon name="menu" size={24} />
              </UnstyledButton>
            </Menu.Target>
            <Menu.Dropdown>
              <MenuItems links={links} />
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
    </header>
  );
}

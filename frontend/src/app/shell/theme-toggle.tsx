import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import type { MantineColorScheme } from "@mantine/core";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import type { IconName } from "@/components/ui/icon";
import styles from "./header.module.css";

const CHOICES: { value: MantineColorScheme; label: string; icon: IconName }[] = [
  { value: "light", label: "Light", icon: "sun" },
  { value: "dark", label: "Dark", icon: "moon" },
  { value: "auto", label: "As the system", icon: "system" },
];

export function ThemeToggle(): ReactElement {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const current = CHOICES.find(({ value }) => value === colorScheme);
  return (
    <Menu position="bottom-end" width={190} shadow="md">
      <Menu.Target>
        <UnstyledButton className={styles.round ?? ""} aria-label={`Colours: ${current?.label ?? "As the system"}`}>
          <Icon name={current?.icon ?? "system"} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {CHOICES.map(({ value, label, icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon name={icon} size={18} />}
            rightSection={value === colorScheme ? <Icon name="check" size={18} label="chosen" /> : null}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  NavLink,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useConsole } from "../console-context.ts";
import { Brand } from "./brand.tsx";
import { Icon, type IconName } from "./icons.tsx";

const pages = [
  { to: "/", label: "Catalogue", icon: "catalogue" },
  { to: "/movements", label: "Movements", icon: "movements" },
  { to: "/reports", label: "Reports", icon: "reports" },
  { to: "/operations", label: "Operations", icon: "operations" },
] as const satisfies readonly { to: string; label: string; icon: IconName }[];

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { subject, leave } = useConsole();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const current = path.startsWith("/items/") ? "/" : `/${path.split("/")[1] ?? ""}`;
  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <button type="button" className="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to content
      </button>
      <AppShell.Header className="surface">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Brand />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" c="dimmed" visibleFrom="xs">
              {subject}
            </Text>
            <ColorScheme />
            <Tooltip label="Sign out">
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Sign out" onClick={leave}>
                <Icon name="leave" />
              </ActionIcon>
            </Tooltip>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className={isOpen ? "surface" : "surface nav-closed"} aria-label="Pages">
        {pages.map(({ to, label, icon }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            onClick={close}
            label={label}
            leftSection={<Icon name={icon} />}
            active={current === to}
            aria-current={current === to ? "page" : undefined}
            variant="light"
            style={{ borderRadius: "var(--mantine-radius-md)" }}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function ColorScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const now = useComputedColorScheme("light");
  const next = now === "light" ? "dark" : "light";
  return (
    <Tooltip label={`Switch to ${next}`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={`Switch to ${next}`}
        onClick={() => setColorScheme(next)}
      >
        <Icon name={next} />
      </ActionIcon>
    </Tooltip>
  );
}

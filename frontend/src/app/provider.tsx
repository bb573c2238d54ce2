import { createTheme, MantineProvider } from "@mantine/core";
import type { MantineColorsTuple } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement, ReactNode } from "react";
import { createQueryClient } from "@/lib/query-client";
import { useSessionEnd } from "@/lib/session";

// The values live in styles/tokens.css; Mantine only needs to know that the colour exists.
const accent: MantineColorsTuple = [
  "#eaf5f2", "#d8ebe6", "#b3d8d0", "#8bc4b9", "#5faea1", "#3d9a8c", "#1f8478", "#0b665e", "#08544d", "#06413c",
];

const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  colors: { accent },
  respectReducedMotion: true,
  cursorType: "pointer",
  focusRing: "auto",
});

function SessionWatch({ children }: { children: ReactNode }): ReactNode {
  useSessionEnd();
  return children;
}

export function AppProvider({ children }: { children: ReactNode }): ReactElement {
  const [client] = useState(createQueryClient);
  // No <style> element is injected (see styles/mantine-variables.css), so a strict content security policy holds.
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <SessionWatch>{children}</SessionWatch>
      </QueryClientProvider>
    </MantineProvider>
  );
}

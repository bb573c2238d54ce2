import { createBrowserRouter } from "react-router";
import type { RouteObject } from "react-router";
import { Loading } from "./routes/loading";
import { NotFound } from "./routes/not-found";
import { RouteError } from "./routes/route-error";
import { Shell } from "./shell/shell";

/** Every screen; each is its own chunk, so that the sign-in page does not download the player. */
export const routes: RouteObject[] = [
  {
    element: <Shell />,
    hydrateFallbackElement: <Loading />,
    children: [
      {
        errorElement: <RouteError />,
        children: [
          { index: true, lazy: async () => ({ Component: (await import("./routes/home")).HomeRoute }) },
          { path: "sign-in", lazy: async () => ({ Component: (await import("./routes/sign-in")).SignInRoute }) },
          { path: "review", lazy: async () => ({ Component: (await import("./routes/review")).ReviewRoute }) },
          { path: "me", lazy: async () => ({ Component: (await import("./routes/me")).MeRoute }) },
          { path: "upload", lazy: async () => ({ Component: (await import("./routes/upload")).UploadRoute }) },
          { path: "disputes", lazy: async () => ({ Component: (await import("./routes/disputes")).DisputesRoute }) },
          { path: "disputes/:id", lazy: async () => ({ Component: (await import("./routes/dispute")).DisputeRoute }) },
          { path: "clips", lazy: async () => ({ Component: (await import("./routes/clips")).ClipsRoute }) },
          { path: "clips/:id", lazy: async () => ({ Component: (await import("./routes/clip")).ClipRoute }) },
          { path: "c/:id", lazy: async () => ({ Component: (await import("./routes/public-clip")).PublicClipRoute }) },
          { path: "datasets", lazy: async () => ({ Component: (await import("./routes/datasets")).DatasetsRoute }) },
          { path: "datasets/:id", lazy: async () => ({ Component: (await import("./routes/dataset")).DatasetRoute }) },
          { path: "labels", lazy: async () => ({ Component: (await import("./routes/labels")).LabelsRoute }) },
          { path: "gold", lazy: async () => ({ Component: (await import("./routes/gold")).GoldRoute }) },
          { path: "reliabilities", lazy: async () => ({ Component: (await import("./routes/reliabilities")).ReliabilitiesRoute }) },
          { path: "admin", lazy: async () => ({ Component: (await import("./routes/admin")).AdminRoute }) },
          { path: "admin/users", lazy: async () => ({ Component: (await import("./routes/admin")).UsersRoute }) },
          { path: "admin/invitations", lazy: async () => ({ Component: (await import("./routes/admin")).InvitationsRoute }) },
          { path: "admin/policies", lazy: async () => ({ Component: (await import("./routes/admin")).PoliciesRoute }) },
          { path: "admin/jobs", lazy: async () => ({ Component: (await import("./routes/admin")).JobsRoute }) },
          { path: "admin/audit", lazy: async () => ({ Component: (await import("./routes/admin")).AuditRoute }) },
          { path: "invite/:token", lazy: async () => ({ Component: (await import("./routes/invite")).InviteRoute }) },
          { path: "account", lazy: async () => ({ Component: (await import("./routes/account")).AccountRoute }) },
          { path: "training", lazy: async () => ({ Component: (await import("./routes/training")).TrainingRoute }) },
          { path: "detectors", lazy: async () => ({ Component: (await import("./routes/detectors")).DetectorsRoute }) },
          { path: "detectors/:id", lazy: async () => ({ Component: (await import("./routes/detector")).DetectorRoute }) },
          { path: "lineage", lazy: async () => ({ Component: (await import("./routes/lineage")).LineageRoute }) },
          { path: "reports", lazy: async () => ({ Component: (await import("./routes/reports")).ReportsRoute }) },
          { path: "reports/:id", lazy: async () => ({ Component: (await import("./routes/report")).ReportRoute }) },
          { path: "safeguarding", lazy: async () => ({ Component: (await import("./routes/safeguarding")).SafeguardingRoute }) },
          { path: "safeguarding/:id", lazy: async () => ({ Component: (await import("./routes/safeguarding-case")).SafeguardingCaseRoute }) },
          { path: "*", element: <NotFound /> },
        ],
      },
    ],
  },
];

export function createAppRouter() {
  return createBrowserRouter(routes);
}

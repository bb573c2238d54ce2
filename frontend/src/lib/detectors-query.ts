import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./api-client";

/** Every detector with its versions, and the size of the gate set. */
export const detectorsQuery = queryOptions({
  queryKey: ["detectors"],
  queryFn: () => unwrap(api.GET("/api/v1/detectors")),
});

import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Dataset, DatasetFilters } from "@/lib/models";
import { changeDataset, datasetQuery, freezeDataset, previewQuery } from "../api/datasets";
import { contradiction, isSame, tidy } from "../filters";

const WAIT_MS = 350;

/**
 * The filters of a dataset while they are edited: what they take now, whether they are saved, and the two
 * things that can be done with them. What is frozen is what is seen: freezing saves first.
 */
export function useDraft(dataset: Dataset) {
  const client = useQueryClient();
  const { id } = dataset;
  const [filters, setFilters] = useState<DatasetFilters>(dataset.filters);
  const fault = contradiction(filters);
  const isSaved = isSame(filters, dataset.filters);
  const [settled] = useDebouncedValue(filters, WAIT_MS);
  const asked = tidy(settled);
  const preview = useQuery({ ...previewQuery(id, asked), enabled: contradiction(asked) === null });
  const keep = async () => {
    if (isSaved) return;
    client.setQueryData(datasetQuery(id).queryKey, await changeDataset(id, { filters: tidy(filters) }));
  };
  const saving = useMutation({ mutationFn: keep });
  const freezing = useMutation({
    mutationFn: async () => {
      await keep();
      await freezeDataset(id);
      await client.invalidateQueries({ queryKey: datasetQuery(id).queryKey });
    },
  });
  return {
    filters,
    setFilters,
    undo: () => setFilters(dataset.filters),
    fault,
    isSaved,
    preview,
    isStale: preview.isPlaceholderData || !isSame(filters, settled),
    saving,
    freezing,
  };
}

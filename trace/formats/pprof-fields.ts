/** Field numbers of pprof's `proto/profile.proto`. */
export const PprofField = {
  sampleType: 1,
  sample: 2,
  location: 4,
  function: 5,
  stringTable: 6,
  timeNanos: 9,
  durationNanos: 10,
  periodType: 11,
  period: 12,
  defaultSampleType: 14,
  valueType: { type: 1, unit: 2 },
  sampleFields: { locationId: 1, value: 2, label: 3 },
  label: { key: 1, str: 2, num: 3 },
  locationFields: { id: 1, address: 3, line: 4 },
  line: { functionId: 1, line: 2 },
  functionFields: { id: 1, name: 2, systemName: 3, filename: 4, startLine: 5 },
} as const;

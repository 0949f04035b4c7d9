// The main jobs of a program, written against the types that openapi-typescript makes of the description.
// It is type-checked before it runs: what it reads must be described, and what it sends allowed.
// The key, the address and what it is about come by arguments; what it found it prints as one JSON object.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.d.ts";

const [address, key, municipality] = Deno.args;
const api = createClient<paths>({ baseUrl: address, headers: { Authorization: `Bearer ${key}` } });

function found<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const rows = found(await api.GET("/api/v1/municipal-services/", { params: { query: { level: ["1", "2"] } } }));
const first: components["schemas"]["MunicipalService"] = rows.results[0];
const level: number | null = first.level;

const place = { params: { path: { id: first.id }, header: { "If-Match": '"1"' } } };
const change = { state: "planned", planned_on: "2027-06-30", reason: "Beschluss" } as const;
const changed = found(await api.PATCH("/api/v1/municipal-services/{id}/", { ...place, body: change }));
const late = await api.PATCH("/api/v1/municipal-services/{id}/", { ...place, body: change });
const problem: components["schemas"]["Problem"] | undefined = late.error;

const bulk = { changes: [{ id: first.id, version: 2, note: "Geprüft" }], reason: "Prüfung" };
const many = found(await api.POST("/api/v1/municipal-services/bulk/", { body: bulk }));

const begun = { municipality: Number(municipality), month: "2022-11-01" };
const frozen = found(await api.POST("/api/v1/editions/", { body: begun }));
const edition = { params: { path: { id: frozen.id } } };
const read = found(await api.GET("/api/v1/editions/{id}/", edition));
const figures = read.figures as components["schemas"]["Figures"];
const file = found(
  await api.GET("/api/v1/editions/{id}/export/", {
    params: { ...edition.params, query: { format: "pdf" } },
    parseAs: "arrayBuffer",
  }),
) as unknown as ArrayBuffer;

console.log(JSON.stringify({
  level,
  changed: [changed.state, changed.planned_on],
  late: [problem?.status, problem?.title],
  many: many.results.map((each) => each.note),
  figures: [figures.totals.relevant, figures.totals.levels["2"], figures.rates.services_ready.numerator],
  file: new TextDecoder("latin1").decode(file.slice(0, 4)),
}));

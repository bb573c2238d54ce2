/**
 * A stand-in for the server, for working on the screens alone: `npm run dev:mock`.
 * It keeps everything in memory and knows the accounts reviewer@, moderator@, curator@ and admin@example.org
 * (any password but "wrong"). Make its media first: python src/testing/make_media.py
 */
import { createReadStream, readFileSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plugin } from "vite";
import { MockState } from "./mock-state.ts";
import type { MockMedia } from "./mock-state.ts";

const MEDIA = join(tmpdir(), "clipjury-mock");

/** The policy the pages must run under; the mock sends it so that a breach shows up while developing. */
const CONTENT_SECURITY_POLICY = "default-src 'self'";

type Reply = { status: number; body?: unknown; headers?: Record<string, string> } | { file: string };
type Handler = (params: string[], body: Record<string, unknown>, url: URL) => Reply;

function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Reply {
  return { status, body: { type: "about:blank", title: code, status, code, detail }, headers };
}

const ok = (body: unknown, status = 200): Reply => ({ status, body });
const noContent: Reply = { status: 204 };
const notFound = problem(404, "not_found", "There is nothing at this address.");

function sessionRoutes(state: MockState): [string, RegExp, Handler][] {
  return [
    ["GET", /^\/session$/, () => ok({ user: state.user, csrf_token: state.user === null ? null : "mock-token" })],
    ["POST", /^\/session$/, (_, body) => {
      if (body.password === "wrong") return problem(401, "bad_credentials", "E-mail or password is wrong.");
      if (body.password === "flood") return problem(429, "too_many_attempts", "Too many attempts.", { "Retry-After": "40" });
      const user = state.signIn(String(body.email));
      return user === null ? problem(401, "bad_credentials", "E-mail or password is wrong.") : ok({ user, csrf_token: "mock-token" });
    }],
    ["DELETE", /^\/session$/, () => { state.user = null; return noContent; }],
    ["GET", /^\/vocabulary$/, () => ok(state.vocabulary)],
    ["GET", /^\/public\/stats$/, () => ok(state.publicStats())],
    ["GET", /^\/public\/clips$/, () => ok({ items: [], next_cursor: null })],
    ["GET", /^\/public\/clips\/([^/]+)$/, ([id]) => {
      const clip = state.publicClip(id ?? "");
      return clip === null ? notFound : ok(clip);
    }],
  ];
}

function reviewRoutes(state: MockState): [string, RegExp, Handler][] {
  return [
    ["POST", /^\/assignments$/, () => {
      const lease = state.takeLease();
      return lease === null ? noContent : ok(lease, 201);
    }],
    ["POST", /^\/assignments\/([^/]+)\/renew$/, () => {
      const lease = state.renew();
      return lease === null ? problem(409, "lease_expired", "The time for this clip is over.") : ok(lease);
    }],
    ["POST", /^\/assignments\/([^/]+)\/vote$/, ([id], body) => {
      const vote = state.vote(id ?? "", body);
      return vote === null ? problem(409, "lease_expired", "The time for this clip is over.") : ok(vote, 201);
    }],
    ["POST", /^\/assignments\/([^/]+)\/skip$/, () => { state.skip(); return noContent; }],
    ["GET", /^\/leases\/([^/]+)\/frames$/, ([id]) => ok({ times_s: state.mediaOfLease(id ?? "")?.times_s ?? [] })],
    ["GET", /^\/leases\/([^/]+)\/(preview|poster|thumbnails)$/, ([id, part]) => mediaReply(state.mediaOfLease(id ?? ""), part)],
    ["GET", /^\/reviewers\/me$/, () => ok(state.record())],
  ];
}

function clipRoutes(state: MockState): [string, RegExp, Handler][] {
  return [
    ["GET", /^\/clips$/, (_, __, url) => ok(state.listClips(url.searchParams))],
    ["POST", /^\/clips$/, () => ok(state.upload(), 201)],
    ["GET", /^\/clips\/([^/]+)$/, ([id]) => {
      const clip = state.clip(id ?? "");
      return clip === null ? notFound : ok(clip);
    }],
    ["GET", /^\/clips\/([^/]+)\/consensus$/, ([id]) => {
      const consensus = state.consensus(id ?? "");
      return consensus === null ? problem(403, "not_ready", "This clip is still being judged.") : ok(consensus);
    }],
    ["GET", /^\/clips\/([^/]+)\/frames$/, ([id]) => ok({ times_s: state.mediaOfClip(id ?? "")?.times_s ?? [] })],
    ["GET", /^\/clips\/([^/]+)\/media\/(preview|poster|thumbnails)$/, ([id, part]) => mediaReply(state.mediaOfClip(id ?? ""), part)],
    ["GET", /^\/labels\/summary$/, () => ok(state.labelsSummary())],
    ["GET", /^\/labels$/, () => ok("clip_id,label\n")],
  ];
}

function mediaReply(media: MockMedia | null, part: string | undefined): Reply {
  if (media === null) return notFound;
  if (media.kind === "image") return { file: `${media.name}.jpg` };
  if (part === "poster") return { file: `${media.name}.jpg` };
  return { file: part === "preview" ? `${media.name}.mp4` : `${media.name}-strip.jpg` };
}

function sendFile(name: string, request: IncomingMessage, response: ServerResponse): void {
  const path = join(MEDIA, name);
  const size = statSync(path).size;
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const start = from === undefined ? 0 : Number(from);
  const end = to === undefined || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  response.writeHead(from === undefined ? 200 : 206, {
    "Content-Type": name.endsWith(".mp4") ? "video/mp4" : "image/jpeg",
    "Content-Length": end - start + 1,
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-store",
    ...(from === undefined ? {} : { "Content-Range": `bytes ${start}-${end}/${size}` }),
  });
  createReadStream(path, { start, end }).pipe(response);
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.headers["content-type"]?.startsWith("application/json") !== true) return {};
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}") as Record<string, unknown>;
}

async function answer(state: MockState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://mock");
  const path = url.pathname.replace("/api/v1", "");
  const body = await readBody(request);
  const routes = [...sessionRoutes(state), ...reviewRoutes(state), ...clipRoutes(state)];
  let reply: Reply = notFound;
  for (const [method, pattern, handler] of routes) {
    const match = method === request.method ? pattern.exec(path) : null;
    if (match !== null) reply = handler(match.slice(1), body, url);
  }
  if (state.user === null && !/^\/(session|public)/.test(path)) {
    reply = problem(401, "unauthenticated", "Sign in first.");
  }
  if ("file" in reply) {
    sendFile(reply.file, request, response);
    return;
  }
  const type = reply.status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(reply.status, { "Content-Type": type, ...reply.headers });
  response.end(reply.body === undefined ? "" : JSON.stringify(reply.body));
}

export function mockApi(): Plugin {
  const state = new MockState(JSON.parse(readFileSync(join(MEDIA, "catalogue.json"), "utf8")) as MockMedia[]);
  const middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (request.url?.startsWith("/api/v1") === true) void answer(state, request, response);
    else next();
  };
  return {
    name: "clipjury-mock-api",
    configureServer(server) {
      server.middlewares.use(middleware);
    },
    configurePreviewServer(server) {
      server.middlewares.use((_, response, next) => {
        response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        next();
      });
      server.middlewares.use(middleware);
    },
  };
}

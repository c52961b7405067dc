import type { z } from 'zod';
import { parseDocument } from '../documents/parse-document.ts';
import { grantRequestSchema, offerRequestSchema, orderRequestSchema } from './requests.ts';
import {
  acceptedSchema,
  datasetListSchema,
  jobListSchema,
  jobViewSchema,
  offerListSchema,
  statusSchema,
} from './views.ts';

/** One route of a coordinator. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** What it is, for the OpenAPI document. */
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
}

/** A coordinator's JSON routes; blobs are served by `handleBlobRequest` under `/v1/blobs`. */
export const routes = {
  postOrder: {
    method: 'POST',
    path: '/v1/orders',
    summary: 'Takes in a signed job order with its spec.',
    body: orderRequestSchema,
    answer: acceptedSchema,
  },
  postOffer: {
    method: 'POST',
    path: '/v1/offers',
    summary: 'Takes in a signed compute offer.',
    body: offerRequestSchema,
    answer: acceptedSchema,
  },
  postGrant: {
    method: 'POST',
    path: '/v1/grants',
    summary: 'Takes in a signed dataset grant with the dataset’s manifest.',
    body: grantRequestSchema,
    answer: acceptedSchema,
  },
  getJob: { method: 'GET', path: '/v1/jobs/:id', summary: 'One job with its timeline.', answer: jobViewSchema },
  getJobs: { method: 'GET', path: '/v1/jobs', summary: 'Jobs, newest first.', answer: jobListSchema },
  getDatasets: {
    method: 'GET',
    path: '/v1/datasets',
    summary: 'Datasets and their budgets.',
    answer: datasetListSchema,
  },
  getOffers: {
    method: 'GET',
    path: '/v1/offers',
    summary: 'Open offers and their providers.',
    answer: offerListSchema,
  },
  getStatus: { method: 'GET', path: '/v1/status', summary: 'The network now.', answer: statusSchema },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
export type RouteBody<Name extends RouteName> = (typeof routes)[Name] extends { body: infer Body extends z.ZodType }
  ? z.output<Body>
  : undefined;
export type RouteBodyJson<Name extends RouteName> = (typeof routes)[Name] extends { body: infer Body extends z.ZodType }
  ? z.input<Body>
  : undefined;
export type RouteAnswer<Name extends RouteName> = z.output<(typeof routes)[Name]['answer']>;
export type RouteAnswerJson<Name extends RouteName> = z.input<(typeof routes)[Name]['answer']>;

/**
 * The body of a request of that route.
 *
 * @throws `protocol.badDocument` with `place` = path of the first fault
 */
export const parseRequest = <Name extends 'postOrder' | 'postOffer' | 'postGrant'>(
  name: Name,
  json: unknown,
): RouteBody<Name> => parseDocument(routes[name].body, `the body of ${routes[name].path}`, json) as RouteBody<Name>;

/**
 * The answer of that route, as a client reads it.
 *
 * @throws `protocol.badDocument` with `place` = path of the first fault
 */
export const parseAnswer = <Name extends RouteName>(name: Name, json: unknown): RouteAnswer<Name> =>
  parseDocument(routes[name].answer as z.ZodType, `the answer of ${routes[name].path}`, json) as RouteAnswer<Name>;

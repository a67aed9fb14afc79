/**
 * What does the OpenAPI document say?
 *
 * <p>Takes META-INF/openapi.yaml, serves it and answers which methods a path has. Never describes a resource.
 */
@NullMarked
package nexus.api.document;

import org.jspecify.annotations.NullMarked;

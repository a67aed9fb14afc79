/**
 * What does the OpenAPI document contain?
 *
 * <p>Takes META-INF/openapi.yaml, serves it and returns the methods of a path. Never describes a resource.
 */
@NullMarked
package nexus.api.document;

import org.jspecify.annotations.NullMarked;

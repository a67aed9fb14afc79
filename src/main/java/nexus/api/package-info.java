/**
 * How are requests read, refused, paged and described?
 *
 * <p>A package of rooms. None of them knows the subject of a request.
 */
@NullMarked
package nexus.api;

import org.jspecify.annotations.NullMarked;

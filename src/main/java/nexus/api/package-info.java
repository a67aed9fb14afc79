/**
 * How are requests read, refused, paged and described?
 *
 * <p>A package of rooms. None of them knows what the requests are about.
 */
@NullMarked
package nexus.api;

import org.jspecify.annotations.NullMarked;

/**
 * Which part of a list is requested, and what follows it?
 *
 * <p>Takes query parameters, gives pages with the cursor of the next one. Never reads a list itself.
 */
@NullMarked
package nexus.api.page;

import org.jspecify.annotations.NullMarked;

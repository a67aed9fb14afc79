/**
 * Is everything all right, and if not, since when, why, and what helps?
 *
 * <p>Takes health, counts and troubles from the API, gives the page {@code /}. Never judges by anything that the API does not
 * show.
 */
@NullMarked
package nexus.page.now;

import org.jspecify.annotations.NullMarked;

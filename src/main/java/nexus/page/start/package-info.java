/**
 * The page of a new installation: how does a first webhook come about, and how is it verified?
 *
 * <p>Takes a table or type, makes an inbox and a subscription through the API, shows what arrives. Never writes to a table of
 * the user's.
 */
@NullMarked
package nexus.page.start;

import org.jspecify.annotations.NullMarked;

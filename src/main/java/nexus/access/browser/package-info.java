/**
 * What may a page in a browser do?
 *
 * <p>Takes the origin and host of a request, gives headers or a refusal. Never replaces a key.
 */
@NullMarked
package nexus.access.browser;

import org.jspecify.annotations.NullMarked;

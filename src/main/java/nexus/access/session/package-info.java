/**
 * Whose requests are those of the web page?
 *
 * <p>Takes a key at sign-in and gives a sealed cookie that refers to it; takes the cookie and gives the key, as long as that
 * is valid. Lends the key to the calls of the API that a page makes. Never keeps a key itself, and never lets the API accept
 * a cookie.
 */
@NullMarked
package nexus.access.session;

import org.jspecify.annotations.NullMarked;

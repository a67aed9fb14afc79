/**
 * Where does a URL lead?
 *
 * <p>Takes a URL, gives its host and port or says which form is wrong. Never looks a name up.
 */
@NullMarked
package nexus.host;

import org.jspecify.annotations.NullMarked;

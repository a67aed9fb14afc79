/**
 * Where does a subscription send, and as whom does it present itself there?
 *
 * <p>Takes the fields of a request, gives a URL, headers and credentials. Never opens a connection.
 */
@NullMarked
package nexus.subscription.target;

import org.jspecify.annotations.NullMarked;

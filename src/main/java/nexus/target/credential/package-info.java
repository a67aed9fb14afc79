/**
 * As whom does Nexus present itself to a target, and whom does it trust there?
 *
 * <p>Takes what a subscription stores, gives values that a sender reads. Never prints a secret and never opens a connection.
 */
@NullMarked
package nexus.target.credential;

import org.jspecify.annotations.NullMarked;

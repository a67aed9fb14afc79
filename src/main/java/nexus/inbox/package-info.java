/**
 * A receiver for trials inside a running Nexus: what arrived at {@code /inbox/<name>}, and how is it answered?
 *
 * <p>Takes requests from anybody, keeps the last ones in memory with their signature checked, and answers as the address
 * or a person chose. Never stores anything, and never sends.
 */
@NullMarked
package nexus.inbox;

import org.jspecify.annotations.NullMarked;

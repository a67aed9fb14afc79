/**
 * How do events become stored, matched and enqueued, in one transaction?
 *
 * <p>Takes captured and published events, returns their results once they are committed. Takes the checkpoint of a source
 * as an opaque text and replaces it in the same transaction. Never knows where an event came from.
 */
@NullMarked
package nexus.intake;

import org.jspecify.annotations.NullMarked;

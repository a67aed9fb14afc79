/**
 * Does the slot hold what is not stored yet, and at what cost?
 *
 * <p>Takes facts of slot and store, gives checks. Never moves the slot.
 */
@NullMarked
package nexus.doctor.slot;

import org.jspecify.annotations.NullMarked;

/**
 * What happened? The values of an event, shared by both ways in.
 *
 * <p>Takes strings and bytes, gives checked values. Never does I/O and never knows where an event came from.
 */
@NullMarked
package nexus.event;

import org.jspecify.annotations.NullMarked;

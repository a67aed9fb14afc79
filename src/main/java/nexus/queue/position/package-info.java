/**
 * Up to where is a lane read, and what has changed since a read began?
 *
 * <p>Takes what was read, what became owed and what was settled; gives the positions from which to read on. Never reads. Pure.
 */
@NullMarked
package nexus.queue.position;

import org.jspecify.annotations.NullMarked;

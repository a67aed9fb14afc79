/**
 * What is stored of an event?
 *
 * <p>Takes filters and ids, gives stored events with their counts. Never changes one.
 */
@NullMarked
package nexus.delivery.event;

import org.jspecify.annotations.NullMarked;

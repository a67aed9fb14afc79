/**
 * What do Prometheus and its like see?
 *
 * <p>Takes samples on a timer, gives meters whose names stay. Never asks the store when it is scraped.
 */
@NullMarked
package nexus.status.meters;

import org.jspecify.annotations.NullMarked;

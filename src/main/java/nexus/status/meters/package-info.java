/**
 * Which meters does a monitoring system read?
 *
 * <p>Takes samples on a timer, gives meters with stable names. Never queries the store during a scrape.
 */
@NullMarked
package nexus.status.meters;

import org.jspecify.annotations.NullMarked;

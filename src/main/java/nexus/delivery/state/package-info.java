/**
 * What is the state of a delivery?
 *
 * <p>Takes filters and ids, gives deliveries, owed and settled alike. Never changes one.
 */
@NullMarked
package nexus.delivery.state;

import org.jspecify.annotations.NullMarked;

/**
 * Which events did this transaction make? Ordinals, partition roots, ordering keys, and for every PostgreSQL type the
 * JSON that {@code to_json} gives.
 *
 * <p>Takes the messages of one connection in their order and the catalog's descriptions of tables and types; gives incoming
 * events with the position after them. Never stores, never confirms, and queries nothing but the catalog.
 */
@NullMarked
package nexus.capture;

import org.jspecify.annotations.NullMarked;

/**
 * Which events did this transaction make? Ordinals, partition roots, ordering keys, and for every PostgreSQL type the
 * JSON that {@code to_json} gives.
 *
 * <p>Takes the messages of one connection in their order and what the catalog says of tables and types; gives incoming
 * events with the position they bring the reader to. Never stores, never confirms, and asks nothing but the catalog.
 */
@NullMarked
package nexus.capture;

import org.jspecify.annotations.NullMarked;

/**
 * How is Nexus doing? Health, probes, statistics, and the meters that no other room owns.
 *
 * <p>Takes the state of the other rooms, shows it to people, orchestrators and Prometheus. Never changes anything.
 */
@NullMarked
package nexus.status;

import org.jspecify.annotations.NullMarked;

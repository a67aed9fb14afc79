/**
 * How is Nexus doing? Health, probes, stats and the meters that no other room owns.
 *
 * <p>Takes what the rooms say of themselves, gives it to people, orchestrators and Prometheus. Never changes anything.
 */
@NullMarked
package nexus.status;

import org.jspecify.annotations.NullMarked;

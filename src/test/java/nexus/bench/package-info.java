/**
 * {@code ./nexus bench}: how fast Nexus is on this machine, as ratios to what the same client reaches with nothing else
 * done. Not part of the application.
 */
@NullMarked
package nexus.bench;

import org.jspecify.annotations.NullMarked;

/**
 * What is the state of capture?
 *
 * <p>Takes the reports of the capture loop, gives the state that health, doctor and meters show. Never queries the
 * source.
 */
@NullMarked
package nexus.replication.state;

import org.jspecify.annotations.NullMarked;

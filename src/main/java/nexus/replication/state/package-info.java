/**
 * What does capture do at the moment?
 *
 * <p>Takes what the loop of capture reports, gives the state that health, doctor and meters show. Never asks the
 * source.
 */
@NullMarked
package nexus.replication.state;

import org.jspecify.annotations.NullMarked;

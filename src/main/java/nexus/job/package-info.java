/**
 * Which long tasks are there, how far is each, and which process works on it?
 *
 * <p>Takes jobs, the kinds that know their steps, and what a person does with a job; gives its state and progress. Never
 * knows what a step does.
 */
@NullMarked
package nexus.job;

import org.jspecify.annotations.NullMarked;

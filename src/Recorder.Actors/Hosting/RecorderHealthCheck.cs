using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Recorder.Actors;

/// <summary>Healthy while the parent of all recorders and the mediator of events answer.</summary>
internal sealed class RecorderHealthCheck : IAkkaHealthCheck
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (context.ActorSystem.WhenTerminated.IsCompleted)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The actor system '{context.ActorSystem.Name}' has ended.");
        }

        var runtime = RecorderRuntime.Of(context.ActorSystem);
        try
        {
            // Identify is answered in the actor's turn: an actor that is stuck does not answer it.
            var answers = await Task.WhenAll(
                runtime.Recorders.Ask<ActorIdentity>(new Identify(null), AnswerTimeout, cancellationToken),
                runtime.Events.Ask<ActorIdentity>(new Identify(null), AnswerTimeout, cancellationToken)).ConfigureAwait(false);
            return answers.All(answer => answer.Subject is not null)
                ? HealthCheckResult.Healthy("Recorders answer.")
                : new HealthCheckResult(context.Registration.FailureStatus, "The recorders were stopped.");
        }
        catch (AskTimeoutException)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus, $"The recorders gave no answer in {AnswerTimeout.TotalSeconds} s.");
        }
    }
}

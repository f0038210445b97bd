using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Recorder.Actors;

/// <summary>Reports healthy while the parent of all recorders and the events mediator answer.</summary>
internal sealed class RecorderHealthCheck : IAkkaHealthCheck
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (context.ActorSystem.WhenTerminated.IsCompleted)
            return new HealthCheckResult(context.Registration.FailureStatus, $"The actor system '{context.ActorSystem.Name}' has ended.");

        var runtime = RecorderRuntime.Of(context.ActorSystem);
        try
        {
            // An actor answers Identify between two messages, so one that hangs does not answer.
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
                context.Registration.FailureStatus, $"The recorders did not answer within {AnswerTimeout.TotalSeconds} s.");
        }
    }
}

using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Testing;

/// <summary>Replaces a node's capture sources: forwards each request to the scripted source with the requested URI.</summary>
internal sealed class ScriptedSourcesActor : ReceiveActor
{
    public ScriptedSourcesActor(IReadOnlyDictionary<string, ScriptedSource> sources) =>
        Receive<IRequest>(request =>
        {
            if (sources.TryGetValue(request.Source.Key, out var source))
            {
                source.Actor.Forward(request);
            }
            else if (request is Attach attach)
            {
                Sender.Tell(new SourceFailed(new MediaError(
                    ErrorName.UnknownError,
                    $"There is no source '{request.Source}' in this world; create it with Source(…) first."))
                {
                    Attachment = attach.Attachment,
                });
            }
        });
}

internal sealed class ScriptedSourceActor : ReceiveActor
{
    public ScriptedSourceActor(ScriptedSource source) => Receive<IRequest>(request => source.OnRequest(request, Sender));
}

using Recorder.Contracts;
using Recorder.Testing;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>A subscriber that asks a recorder for its state while it handles an event; durable events are left out.</summary>
internal static class Witness
{
    /// <summary>Begins to watch a recorder.</summary>
    /// <returns>The kind of each event, with the state of the recorder when it was handled.</returns>
    public static List<(Type Event, RecorderState State)> Of(RecorderWorld world, TestRecorder recorder)
    {
        var (id, recorders, seen) = (recorder.Id, world.Recorders, new List<(Type, RecorderState)>());
        world.Subscribe(world.Sys.ActorOf(Props.Create(() => new WitnessActor(id, recorders, seen))), id);
        return seen;
    }

    // Handles one event at a time: later events wait for the answer.
    private sealed class WitnessActor : ReceiveActor, IWithStash
    {
        public WitnessActor(RecorderId id, IActorRef recorders, List<(Type, RecorderState)> seen)
        {
            Receive<BlobDurable>(_ => { });
            Receive<IEvent>(raised =>
            {
                recorders.Tell(new GetStatus(id));
                BecomeStacked(() =>
                {
                    Receive<Status>(status =>
                    {
                        seen.Add((raised.GetType(), status.State));
                        Stash.UnstashAll();
                        UnbecomeStacked();
                    });
                    ReceiveAny(_ => Stash.Stash());
                });
            });
            ReceiveAny(_ => { });
        }

        public IStash Stash { get; set; } = null!;
    }
}

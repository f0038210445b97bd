using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Storage;
using Recorder.Actors.Takes;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Takes;
using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests.Takes;

/// <summary>Copies of takes on several nodes in one process: who runs one, and that nothing is lost that somebody did.</summary>
public sealed class SharedTakesSpecs : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();
    private readonly ActorSystem _system = ActorSystem.Create("takes");
    private readonly Dictionary<string, Side> _nodes = [];
    private readonly HashSet<string> _away = [];
    private (string, string) _cut;

    public void Dispose()
    {
        _system.Terminate().Wait(Patience);
        _folder.Dispose();
    }

    [Fact]
    public async Task Both_sides_of_a_partition_go_on_with_a_take_and_together_they_have_the_marks_of_both_and_one_node_that_runs_it()
    {
        Start("a", "b");
        var take = await AskAsync<Take>("a", ArmOf("left", "right"));
        await AskAsync<Take>("a", new TakeProtocol.Start(take.Id));
        await UntilAsync("b", take.Id, copy => copy.At is not null);

        Part("a", "b");
        await UntilAsync("b", take.Id, copy => copy.Tenure == new TakeTenure(2, "b"));
        await AskAsync<Take>("a", new TakeProtocol.Mark(take.Id, "seen by a"));
        await AskAsync<Take>("b", new TakeProtocol.Mark(take.Id, "seen by b"));
        await AskAsync<Take>("a", new TakeProtocol.Change(take.Id) { Notes = "of a" });

        Meet();
        foreach (var node in new[] { "a", "b" })
        {
            var copy = await UntilAsync(node, take.Id, copy => copy.Marks.Count == 2);
            copy.Tenure.ShouldBe(new TakeTenure(2, "b"));
            copy.State.ShouldBe(TakeState.Recording);
            copy.Marks.Select(mark => mark.Name).Order().ShouldBe(["seen by a", "seen by b"]);
            copy.History.ShouldContain(change => change.To == "of a");
        }

        // a does not run it any more: it says who does, and what b decides reaches it.
        (await AskAsync<object>("a", new TakeProtocol.Stop(take.Id))).ShouldBeOfType<TakeProtocol.Refused>().Error.Message.ShouldContain("node b");
        (await AskAsync<Take>("b", new TakeProtocol.Stop(take.Id))).State.ShouldBe(TakeState.Done);
        (await UntilAsync("a", take.Id, copy => copy.State == TakeState.Done)).Marks.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_take_that_one_side_began_goes_on_when_the_other_only_kept_it_armed()
    {
        Start("a", "b");
        var take = await AskAsync<Take>("a", ArmOf("left"));
        await UntilAsync("b", take.Id, _ => true);

        Part("a", "b");
        await UntilAsync("b", take.Id, copy => copy.Tenure?.Node == "b");
        var began = await AskAsync<Take>("a", new TakeProtocol.Start(take.Id));

        Meet();
        var merged = await UntilAsync("b", take.Id, copy => copy.State == TakeState.Recording);
        (merged.At, merged.TimeCode, merged.Tenure).ShouldBe((began.At, began.TimeCode, new TakeTenure(2, "b")));
    }

    [Fact]
    public async Task What_a_node_did_is_kept_there_until_the_node_that_runs_the_take_by_now_can_be_told()
    {
        Start("a", "b", "c");
        var take = await AskAsync<Take>("a", ArmOf("left"));
        await AskAsync<Take>("a", new TakeProtocol.Start(take.Id));
        await UntilAsync("b", take.Id, copy => copy.At is not null);

        Cut("a", "b");
        await UntilAsync("c", take.Id, copy => copy.Tenure == new TakeTenure(2, "b"));
        // c, which both reach, answers with the copy of b.
        await AskAsync<Take>("a", new TakeProtocol.Mark(take.Id, "seen by a"));
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        (await AskAsync<TakesActor.HearAnswer>("a", new TakesActor.ReadCopy(take.Id))).Newer!.Marks.ShouldHaveSingleItem();

        Meet();
        foreach (var node in new[] { "a", "b", "c" })
            await UntilAsync(node, take.Id, copy => copy.Marks.Count == 1 && copy.Tenure == new TakeTenure(2, "b"));
    }

    [Fact]
    public async Task A_node_that_hears_its_own_copy_while_it_stores_goes_on_with_what_it_does()
    {
        Start("a", "b");
        var take = await AskAsync<Take>("a", ArmOf("left"));
        await AskAsync<Take>("a", new TakeProtocol.Start(take.Id));
        var own = await UntilAsync("a", take.Id, copy => copy.State == TakeState.Recording);

        _nodes["a"].Takes.Tell(new TakesActor.Hear(own with { Revision = own.Revision + 1 }));

        (await AskAsync<Take>("a", new TakeProtocol.Stop(take.Id))).State.ShouldBe(TakeState.Done);
    }

    [Fact]
    public async Task A_take_over_a_recorder_that_another_node_s_take_has_is_refused()
    {
        Start("a", "b");
        var take = await AskAsync<Take>("a", ArmOf("left"));
        await UntilAsync("b", take.Id, _ => true);

        (await AskAsync<object>("b", ArmOf("right", "left"))).ShouldBeOfType<TakeProtocol.Refused>().Error.Message.ShouldContain($"take 1 of scene 7 ({take.Id})");
        await AskAsync<Take>("a", new TakeProtocol.Stop(take.Id));
        await UntilAsync("b", take.Id, copy => copy.State == TakeState.Done);
        (await AskAsync<Take>("b", ArmOf("right", "left"))).Slate.Take.ShouldBe(2);
    }

    [Fact]
    public async Task A_take_that_is_done_is_rated_on_another_node_when_its_own_is_gone()
    {
        Start("a", "b", "c");
        var take = await AskAsync<Take>("a", ArmOf("left"));
        await AskAsync<Take>("a", new TakeProtocol.Stop(take.Id));
        await UntilAsync("c", take.Id, copy => copy.State == TakeState.Done);

        Part("a", "b", "c");
        (await AskAsync<Take>("c", new TakeProtocol.Get(take.Id))).Tenure.ShouldBe(new TakeTenure(1, "a"));
        var rated = await AskAsync<Take>("c", new TakeProtocol.Change(take.Id) { Rating = TakeRating.Circled });
        rated.Tenure.ShouldBe(new TakeTenure(2, "c"));
        await UntilAsync("b", take.Id, copy => copy.Slate.Rating == TakeRating.Circled);

        Meet();
        await UntilAsync("a", take.Id, copy => copy is { Slate.Rating: TakeRating.Circled, Tenure.Node: "c" });
    }

    private void Start(params string[] names)
    {
        foreach (var name in names)
        {
            var cluster = new ClusterTakes(
                name, () => [.. names.Select(other => new ClusterMember(Cards.Of(other), Reaches(name, other), true))], new Peers(this, name), NullLogger.Instance, TimeProvider.System);
            var environment = new TakesEnvironment(
                _system.ActorOf(Props.Create(() => new Recorders()), $"recorders-{name}"), new TakeFiles(_folder.File(name), LocalDisk.Instance, NullLogger.Instance),
                _folder.File("."), TimeProvider.System, NullLogger.Instance)
            { Cluster = cluster };
            _nodes[name] = new Side(cluster, _system.ActorOf(TakesActor.PropsFor(environment, []), name));
        }

        foreach (var (cluster, takes) in _nodes.Values)
            cluster.Start(takes);
    }

    // The first is on one side, all others on the other.
    private void Part(string away, params string[] others)
    {
        others.ShouldNotBeEmpty();
        lock (_away)
            _away.Add(away);
    }

    private void Meet()
    {
        lock (_away)
        {
            _away.Clear();
            _cut = default;
        }
    }

    // Only these two do not reach each other.
    private void Cut(string one, string other)
    {
        lock (_away)
            _cut = (one, other);
    }

    private bool Reaches(string one, string other)
    {
        lock (_away)
            return _away.Contains(one) == _away.Contains(other) && _cut != (one, other) && _cut != (other, one);
    }

    private async Task<T> AskAsync<T>(string node, object message)
    {
        var answer = await _nodes[node].Takes.Ask<object>(message, Patience);
        return answer.ShouldBeAssignableTo<T>(answer is TakeProtocol.Refused refused ? refused.Error.Message : "")!;
    }

    private async Task<Take> UntilAsync(string node, TakeId take, Func<Take, bool> holds)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var copy = (await AskAsync<TakesActor.HearAnswer>(node, new TakesActor.ReadCopy(take))).Newer;
            if (copy is not null && holds(copy))
                return copy;

            waited.Elapsed.ShouldBeLessThan(Patience, $"{node}: {copy}");
            await Task.Delay(20);
        }
    }

    private static TakeProtocol.Arm ArmOf(params string[] recorders) => new()
    {
        Slate = new Slate { Scene = "7" },
        Angles = [.. recorders.Select(recorder => new TakeProtocol.AngleRequest(new RecorderId(recorder)))],
    };

    private sealed record Side(ClusterTakes Cluster, IActorRef Takes);

    // Recorders that do what they are told.
    private sealed class Recorders : ReceiveActor
    {
        private readonly Dictionary<RecorderId, (RecordingId Recording, TakeId? Take)> _recording = [];

        public Recorders()
        {
            Receive<RecorderProtocol.Arm>(arm => Sender.Tell(new RecorderProtocol.Armed(arm.Recorder, RecorderState.Inactive, arm.Take)
            {
                Source = SourceStatus.Connected,
                IsLive = true,
                OldestKeyFrame = DateTimeOffset.UtcNow.AddSeconds(-10),
            }));
            Receive<RecorderProtocol.Start>(start =>
            {
                _recording[start.Recorder] = (RecordingId.Create(DateTimeOffset.UtcNow, _recording.Count), start.Take);
                Sender.Tell(new RecorderProtocol.Accepted(start.Recorder, RecorderState.Recording) { Recording = _recording[start.Recorder].Recording });
            });
            Receive<RecorderProtocol.Stop>(stop =>
            {
                _recording.Remove(stop.Recorder);
                Sender.Tell(new RecorderProtocol.Accepted(stop.Recorder, RecorderState.Inactive));
            });
            Receive<RecorderProtocol.GetStatus>(get =>
            {
                var (isRecording, known) = (_recording.TryGetValue(get.Recorder, out var it), it);
                Sender.Tell(new RecorderProtocol.Status
                {
                    Recorder = get.Recorder,
                    State = isRecording ? RecorderState.Recording : RecorderState.Inactive,
                    MimeType = "video/mp4",
                    Recording = isRecording ? known.Recording : null,
                    Take = known.Take,
                    Source = SourceStatus.Connected,
                });
            });
        }
    }

    private sealed class Peers(SharedTakesSpecs nodes, string node) : ITakePeers
    {
        public async Task<Take?> TellAsync(ClusterMember other, Take take, CancellationToken cancellationToken) =>
            (await AskAsync<TakesActor.HearAnswer>(other, new TakesActor.Hear(take))).Newer;

        public Task<IReadOnlyList<TakeHead>> ListAsync(ClusterMember other, CancellationToken cancellationToken) =>
            nodes.Reaches(node, other.Name) ? Task.FromResult(nodes._nodes[other.Name].Cluster.Heads) : throw new CatalogueUnavailableException("parted");

        public async Task<Take?> ReadAsync(ClusterMember other, TakeId take, CancellationToken cancellationToken) =>
            (await AskAsync<TakesActor.HearAnswer>(other, new TakesActor.ReadCopy(take))).Newer;

        public async Task<int> ReserveAsync(ClusterMember other, string scene, int number, CancellationToken cancellationToken) =>
            (await AskAsync<TakesActor.Reserved>(other, new TakesActor.Reserve(scene, number))).Before;

        private async Task<T> AskAsync<T>(ClusterMember other, object message)
        {
            if (!nodes.Reaches(node, other.Name))
                throw new CatalogueUnavailableException("parted");

            try
            {
                return await nodes._nodes[other.Name].Takes.Ask<T>(message, Patience);
            }
            catch (Exception failed) when (failed is not CatalogueUnavailableException)
            {
                throw new CatalogueUnavailableException(failed.Message, failed);
            }
        }
    }
}

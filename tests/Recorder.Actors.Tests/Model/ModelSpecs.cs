using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Recorder.Actors.Tests.Model;

/// <summary>Runs alone, because it counts rented packets.</summary>
[CollectionDefinition(nameof(ModelSpecs), DisableParallelization = true)]
public sealed class ModelSpecsCollection;

/// <summary>Compares a recorder with its model in random stories.</summary>
[Collection(nameof(ModelSpecs))]
public sealed class ModelSpecs
{
    private static readonly int Runs = Number("RECORDER_MODEL_RUNS", 1_000);
    private static readonly int Seed = Number("RECORDER_MODEL_SEED", 1);
    private static readonly int Workers = Math.Clamp(Environment.ProcessorCount, 2, 8);

    [Fact]
    public void A_recorder_does_what_its_model_does()
    {
        var seen = new ConcurrentDictionary<string, int>();
        var failures = new ConcurrentBag<string>();
        Parallel.For(0, Workers, new ParallelOptions { MaxDegreeOfParallelism = Workers }, worker =>
        {
            if (Find(Seed + worker, Runs / Workers, seen) is { } failure)
                failures.Add(failure);
        });

        failures.ShouldBeEmpty(string.Join('\n', failures));
        if (Runs >= 20_000)
            Everything.Except(seen.Keys).ShouldBeEmpty();
    }

    // One story at a time, because batches are counted over all worlds.
    [Fact]
    public void Every_packet_is_released() =>
        Find(Seed + Workers, Runs / 20, new ConcurrentDictionary<string, int>(), alone: true).ShouldBeNull();

    [Theory]
    [InlineData(
        nameof(PlantedBug.StopLeavesPaused),
        """
        [Fact]
        public void Found_by_the_model()
        {
            using var world = new RecorderWorld(seed: 1);
            var camera = world.Source();
            var recorder = world.CreateRecorder(camera);
            recorder.Start();
            recorder.Pause();
            recorder.Stop();

            // Expected state Paused, but it is Inactive.
            Assert.Equal(RecorderState.Paused, recorder.State);
        }

        """)]
    [InlineData(
        nameof(PlantedBug.EndOfSourceIsAnError),
        """
        [Fact]
        public void Found_by_the_model()
        {
            using var world = new RecorderWorld(seed: 1);
            var camera = world.Source();
            var recorder = world.CreateRecorder(camera);
            recorder.Start();
            camera.Emit(1);
            camera.End();

            // Recording 1 ended: SourceEnded. Allowed: Failed with UnknownError.
        }

        """)]
    public void A_difference_is_printed_as_the_shortest_spec_that_shows_it(string bug, string spec)
    {
        var found = Find(seed: 1, 1_000, new ConcurrentDictionary<string, int>(), Enum.Parse<PlantedBug>(bug));

        // The seed differs between runs; only its presence matters.
        Assert.Equal(spec, Regex.Replace(found ?? "", "seed: [0-9]+", "seed: 1"));
    }

    /// <summary>Fails when the stories no longer cover this.</summary>
    private static IEnumerable<string> Everything { get; } =
    [
        "error InvalidModificationError", "error SecurityError", "error UnknownError",
        "gap DiskStalled", "gap Muted", "gap RecorderOverrun", "gap SourceLost",
        "refused InvalidStateError", "refused NotSupportedError", "refused SecurityError",
        "stop Failed", "stop Requested", "stop SourceEnded", "stop SourceLost",
    ];

    // Returns null without a failure, else the shortest failing story as a spec.
    private static string? Find(
        int seed, int runs, ConcurrentDictionary<string, int> seen, PlantedBug bug = PlantedBug.None, bool alone = false)
    {
        var runner = new Runner();
        var config = FsCheck.Config.Quick.WithMaxTest(runs).WithQuietOnSuccess(true).WithRunner(runner)
            .WithReplay(new FSharpOption<Replay>(new Replay(new Rnd((ulong)seed), FSharpOption<int>.None)));
        Check.One(config, Prop.ForAll(Stories.Arbitrary, story =>
        {
            foreach (var word in StoryRun.Tell(story, bug, alone))
                seen.AddOrUpdate(word, 1, (_, count) => count + 1);
        }));
        if (runner.Failed is not { } failed)
            return null;

        var failure = Record.Exception(() => StoryRun.Tell(failed, bug, alone));
        return failure?.Message ?? $"It failed once and not again: {failed}";
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;

    private sealed class Runner : IRunner
    {
        public Story? Failed { get; private set; }

        public void OnStartFixture(Type t)
        {
        }

        public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, TestResult result)
        {
            if (result is TestResult.Failed failed)
                Failed = (Story)failed.Item3.Head;
        }
    }
}

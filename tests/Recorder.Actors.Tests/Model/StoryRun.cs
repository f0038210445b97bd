using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Testing;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Model;

/// <summary>Runs one story with a recorder and with the model, and compares them after each step.</summary>
internal sealed class StoryRun
{
    // The memory limit applies to bytes that wait for the disk; one more fragment may be on its way.
    private const long LargestFragment = 64 << 10;

    // Repairs the disk, stops the recorder and waits until the disk has finished its work.
    private static readonly Step[] Last =
        [new DiskStep(DiskTurn.Repair), new StopStep(), new AdvanceStep(TimeSpan.FromSeconds(1))];

    private readonly Stage _stage;
    private readonly Transcript _transcript;
    private readonly List<string> _statements = [];
    private readonly List<Error> _errors = [];
    private RecorderModel _model;
    private Status _status;
    private string? _assertion;

    private StoryRun(Story story, RecorderWorld world, PlantedBug bug)
    {
        var errors = _errors;
        world.Sys.EventStream.Subscribe(world.Sys.ActorOf(Props.Create(() => new Listener(errors))), typeof(Error));
        _stage = story.Setup.Build(world);
        _transcript = new Transcript(world.Disk);
        _model = new RecorderModel(story.Setup.Options) { Bug = bug, Source = new ModelSource { Tracks = story.Setup.Tracks } };
        _status = _stage.Recorder.Status;
    }

    private RecorderWorld World => _stage.World;

    /// <summary>Runs a story.</summary>
    /// <param name="story">The story.</param>
    /// <param name="bug">The deliberate mistake in the model.</param>
    /// <param name="alone">Whether nothing else that rents packets runs at the same time.</param>
    /// <returns>A summary of the events.</returns>
    /// <exception cref="StoryFailedException">The model and the recorder differ.</exception>
    public static IReadOnlyCollection<string> Tell(Story story, PlantedBug bug = PlantedBug.None, bool alone = false)
    {
        var batches = PacketBatch.OutstandingBatches;
        StoryRun run;
        using (var world = new RecorderWorld(story.Seed))
        {
            run = new StoryRun(story, world, bug);
            try
            {
                run.Tell([.. story.Steps, .. Last]);
            }
            catch (Exception exception)
            {
                var difference = exception is StoryFailedException failed ? failed.Difference : exception.ToString();
                throw new StoryFailedException(story.Spec(run._statements, difference, run._assertion), difference, exception);
            }
        }

        // A negative number: batches of earlier specs were released meanwhile.
        var left = PacketBatch.OutstandingBatches - batches;
        return !alone || left <= 0 ? run._transcript.Seen
            : throw new StoryFailedException(
                story.Spec(run._statements, $"{left} batches of packets were not given back.", null), $"{left} batches leak.");
    }

    private void Tell(IReadOnlyList<Step> steps)
    {
        foreach (var step in steps.Where(step => step.Fits(_model)))
        {
            _statements.Add(step.Code);
            if (step is CommandStep command)
            {
                Ask(command);
            }
            else
            {
                step.Do(_stage);
                World.Settle();
                _model = step.Next(_model);
            }

            Compare();
        }

        AtRest();
    }

    private void Ask(CommandStep command)
    {
        var (written, events) = (World.Disk.Written, _stage.Recorder.Events.Count);
        command.Do(_stage);
        var answer = command.Ask(_model);
        if (_stage.Answer is not Refused refused)
        {
            _assertion = answer.Refusal is { } must && answer.Accepted is null ? command.CodeRefused(must) : null;
            Require(answer.Accepted is not null, $"Expected {answer.Refusal}, but it was accepted.");
            _model = answer.Accepted!;
            _assertion = null;
            return;
        }

        _statements[^1] = command.CodeRefused(refused.Error.Name);
        _transcript.Seen.Add($"refused {refused.Error.Name}");
        Require(
            answer.Refusal == refused.Error.Name,
            $"Expected {answer.Refusal?.ToString() ?? "it to be accepted"}, but: {refused.Error}");
        Require(refused.State == _model.State, $"The refusal says {refused.State}; it is {_model.State}.");
        Require(
            _stage.Recorder.Status == _status && World.Disk.Written == written && _stage.Recorder.Events.Count == events,
            $"A refusal changed something: {_status} to {_stage.Recorder.Status}.");
    }

    private void Compare()
    {
        _model = _model.NoteDiskFault();
        var (events, status) = (_stage.Recorder.Events, _stage.Recorder.Status);
        Require(!World.Sys.WhenTerminated.IsCompleted, "The actor system is down.");
        var (observed, difference) = _model.Observe(status);
        _assertion = observed.State == status.State ? null : $"Assert.Equal(RecorderState.{observed.State}, recorder.State);";
        Require(difference is null, difference);
        (_model, difference) = _transcript.Read(events, observed);
        Require(difference is null, difference);
        var underWay = _stage.Camera.BytesUnderWay;
        Require(underWay == 0, $"{underWay} bytes of packets were not given back.");
        Require(
            !_model.Disk.IsSlow || WaitingFor(status) <= _model.Options.MemoryLimit + LargestFragment,
            $"{WaitingFor(status)} bytes wait.");
        _status = status;
    }

    private void AtRest()
    {
        var left = _transcript.AtRest(_model, _status);
        Require(left is null, left);
        var viewer = _stage.Viewers.Select(viewer => viewer.Difference()).FirstOrDefault(difference => difference is not null);
        Require(viewer is null, viewer);
        Require(_errors.Count == 0, $"An actor failed: {_errors.FirstOrDefault()}");
    }

    private long WaitingFor(Status status) => status.State == RecorderState.Inactive ? 0
        : status.Bytes - World.Disk.Paths.Where(path => path.Contains($"/{status.Recording}/0", StringComparison.Ordinal))
            .Sum(path => World.Disk.Read(path).Length);

    private static void Require(bool condition, string? difference)
    {
        if (!condition)
            throw new StoryFailedException("", difference ?? "");
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(List<Error> errors) => Receive<Error>(error => error.Cause is not ViewerFailedException, errors.Add);
    }
}

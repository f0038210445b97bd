using Recorder.Actors.Retention;
using Recorder.Contracts;
using Recorder.Media.Export;
using Recorder.Media.Export.Editing;
using Recorder.Node.Api;
using Recorder.Node.Http;
using Recorder.Node.Media;

namespace Recorder.Node.Tests.Media;

/// <summary>What exports may take of a volume that recordings need.</summary>
public sealed class ExportAdmissionSpecs : IDisposable
{
    private const long Mega = 1 << 20;

    // What an export of 100 MiB is promised: a twentieth and 64 MiB more.
    private const long Promise = 169 * Mega;
    private const long MinimumFree = 1000 * Mega;

    private readonly string _folder = Directory.CreateTempSubdirectory("exports-").FullName;
    private readonly Ticks _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Exports _exports;
    private long _free = MinimumFree + Promise;

    public ExportAdmissionSpecs() => _exports = new Exports(
        _folder, new RetentionOptions { MinimumFree = MinimumFree, Space = _ => (_free, 100_000 * Mega) }, _time, _stopping.Token);

    public void Dispose()
    {
        _exports.Dispose();
        _stopping.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void An_export_has_what_is_free_beyond_what_recordings_are_to_have()
    {
        using (Begin())
        {
        }

        _free -= Mega;
        Refused().Detail.ShouldContain("where exports may take 168 MiB more");
    }

    [Fact]
    public void What_another_export_was_promised_is_not_promised_again()
    {
        _free += Promise - Mega;
        using (var first = Begin())
        {
            Refused().Name.ShouldBe("QuotaExceededError");
            Refused().Status.ShouldBe(507);

            // What is written of the promise is no longer free, and no longer to be written.
            File.WriteAllBytes(first.Path, new byte[10 * Mega]);
            _free -= 10 * Mega;
            Refused();
            _free += Mega;
            using var second = Begin();
        }

        using var again = Begin();
    }

    [Fact]
    public void The_newest_export_makes_room_when_recordings_need_it_and_the_others_after_it()
    {
        _free += Promise;
        using var first = Begin();
        var second = Begin();
        _time.Tick();
        second.GivesWay.ShouldBeFalse();

        _free = MinimumFree - 1;
        _time.Tick();
        (first.GivesWay, second.GivesWay).ShouldBe((false, true));
        second.HasOutgrown.ShouldBeFalse();
        _time.Tick();
        first.GivesWay.ShouldBeFalse("the newest is not gone yet");
        second.Dispose();
        _time.Tick();
        first.GivesWay.ShouldBeTrue();
    }

    [Fact]
    public void An_export_that_grows_beyond_its_promise_ends()
    {
        using var export = Begin(bytes: 0);
        using (var file = File.Create(export.Path))
        {
            file.SetLength(64 * Mega);
            _time.Tick();
            export.GivesWay.ShouldBeFalse();
            file.SetLength((64 * Mega) + 1);
        }

        _time.Tick();
        (export.GivesWay, export.HasOutgrown).ShouldBe((true, true));
    }

    [Fact]
    public void Encoded_video_is_promised_more_for_a_better_quality_and_never_less_than_is_copied()
    {
        TakeExports.GrowthOf(new EditEncoding()).ShouldBe(4);
        TakeExports.GrowthOf(new EditEncoding(0)).ShouldBe(32);
        TakeExports.GrowthOf(new EditEncoding(EditEncoding.Worst)).ShouldBe(1);
    }

    [Theory]
    [InlineData(25, "25", false)]
    [InlineData(29.97, "29.97", false)]
    [InlineData(30, "29.97", true)]
    [InlineData(12.5, "25", true)]
    [InlineData(0, "25", true)]
    public void Only_cameras_of_another_rate_are_encoded(double frameRate, string rate, bool isEncoded) =>
        TakeExports.MayNeedEncoding(frameRate, TimeCodeRate.TryParse(rate, out var known) ? known : default).ShouldBe(isEncoded);

    [Fact]
    public async Task A_take_s_export_that_was_ended_has_no_files_and_says_why()
    {
        var export = _exports.Begin(Mega, TimeSpan.Zero, transcode: true);
        var job = new TakeExportJob("1", Take(), "", export);
        await job.MakeAsync((_, cancellationToken) => Files(null, cancellationToken), ["a.mov", "b.mov"], default);
        job.FindFile("a.mov").ShouldNotBeNull();

        var failed = new TakeExportJob("2", Take(), "", export);
        await failed.MakeAsync((_, cancellationToken) => Files(() => export.GiveWay(hasOutgrown: true), cancellationToken), ["a.mov", "b.mov"], default);

        failed.State.ShouldBe(TakeExportState.Failed);
        failed.FindFile("a.mov").ShouldBeNull();
        failed.Describe().Files.ShouldAllBe(file => file.State == TakeFileState.Failed && file.Problem != null);
        failed.Describe().Problem!.ShouldContain("a larger --quality value");
        // One that waits to be fetched has none either when recordings need its room.
        await job.WaitForRemovalAsync(default);
        job.FindFile("a.mov").ShouldBeNull();
        export.Dispose();

        static async IAsyncEnumerable<ExportedFile> Files(
            Action? between = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return new ExportedFile("a.mov") { Bytes = 1, Sha256 = "" };
            await Task.Yield();
            between?.Invoke();
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ExportedFile("b.mov") { Bytes = 1, Sha256 = "" };
        }
    }

    private static Take Take() => new() { Id = new TakeId("20261201T000000Z-1"), State = TakeState.Done, Slate = new Slate { Scene = "1" } };

    [Fact]
    public async Task An_export_that_makes_room_while_it_is_made_is_answered_507()
    {
        using var export = Begin();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var plan = Plan(0) with
        {
            Parts =
            [
                new ExportPart("mov", () =>
                {
                    began.SetResult();
                    export.GivingWay.WaitHandle.WaitOne();
                    throw new OperationCanceledException(export.GivingWay);
                }, TimeSpan.Zero),
            ],
        };
        var making = export.MakeAsync(plan, new ExportFormat(MediaContainer.Mp4), default);
        await began.Task;

        _free = 0;
        _time.Tick();

        var refused = await Should.ThrowAsync<ProblemException>(making);
        refused.Problem.Status.ShouldBe(507);
        refused.Problem.Detail.ShouldContain("recordings need its room");
    }

    [Fact]
    public void Retention_knows_what_exports_hold()
    {
        var held = Exports.BytesHeld(_folder);
        held().ShouldBe(0);
        using var export = Begin();
        File.WriteAllBytes(export.Path, new byte[1000]);
        held().ShouldBe(1000);
    }

    private static ExportPlan Plan(long bytes) => new([], TimeSpan.Zero, null, bytes, CutsBegin: false);

    private Export Begin(long bytes = 100 * Mega) => _exports.Begin(Plan(bytes));

    private Problem Refused() => Should.Throw<ProblemException>(() => Begin()).Problem;

    /// <summary>Timers that tick when a spec says so.</summary>
    private sealed class Ticks : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> _timers = [];

        public void Tick() => _timers.ForEach(timer => timer.Callback(timer.State));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add((callback, state));
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}

using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Model;

/// <summary>Generates stories, and shrinks a story that failed.</summary>
internal static class Stories
{
    private const int LongestStory = 16;

    private static readonly Gen<TimeSpan> Time = Gen.Frequency(
        (30, Gen.Elements(10, 40, 80, 120)), (50, Gen.Elements(200, 400, 500, 1000)), (18, Gen.Elements(1500, 2000, 3000)),
        (2, Gen.Elements(10_000, 20_000)))
        .Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds));

    private static readonly Gen<TimeSpan?> Timeslice = Gen.Frequency<TimeSpan?>(
        (8, Gen.Constant((TimeSpan?)null)), (10, Gen.Elements(0, 100, 200, 500, 1000).Select(Milliseconds)),
        (1, Gen.Constant(Milliseconds(-1))));

    private static readonly Gen<TimeSpan?> Duration = Gen.Frequency<TimeSpan?>(
        (8, Gen.Constant((TimeSpan?)null)), (3, Gen.Elements(40, 300, 1000, 1500).Select(Milliseconds)),
        (1, Gen.Constant(Milliseconds(0))));

    private static readonly Gen<CommandStep> Start =
        from timeslice in Timeslice from duration in Duration select (CommandStep)new StartStep(timeslice, duration);

    private static readonly Gen<CommandStep> Command = Gen.Frequency(
        (5, Start), (3, Gen.Constant<CommandStep>(new StopStep())), (4, Gen.Constant<CommandStep>(new PauseStep())),
        (4, Gen.Constant<CommandStep>(new ResumeStep())), (4, Gen.Constant<CommandStep>(new RequestDataStep())));

    private static readonly Gen<Step> Source = Gen.Frequency<Step>(
        (2, Turns(Turn.Stall, Turn.Play, Turn.Play, Turn.Drop)),
        (3, Turns(Turn.Lose, Turn.Restore, Turn.Restore)),
        (1, Turns(Turn.RefuseConnection, Turn.AllowConnection, Turn.AllowConnection)),
        (1, Turns(Turn.End, Turn.Fail, Turn.Forbid, Turn.Crash, Turn.Add)),
        (4,
            from turn in Gen.Elements(
                TrackTurn.Mute, TrackTurn.Mute, TrackTurn.Unmute, TrackTurn.Unmute, TrackTurn.Resize, TrackTurn.Resize,
                TrackTurn.EndTrack, TrackTurn.Remove, TrackTurn.Recode)
            from kind in Gen.Elements(TrackKind.Video, TrackKind.Audio)
            select (Step)new TrackStep(turn, kind)));

    private static readonly Gen<Step> Disk = Gen.Frequency<Step>(
        (4, Gen.Elements(DiskTurn.Stall, DiskTurn.Stall, DiskTurn.Continue, DiskTurn.Repair)
            .Select(turn => (Step)new DiskStep(turn))),
        (2, Gen.Elements(0, 10, 50, 200).Select(delay => (Step)new SlowDiskStep(TimeSpan.FromMilliseconds(delay)))),
        (1, Gen.Elements(0L, 0L, 700, 3_000, 20_000).Select(bytes => (Step)new FillDiskStep(bytes))),
        (2,
            from after in Gen.Choose(0, 12_000)
            from torn in Gen.Elements(false, true)
            select (Step)new FailDiskStep(after, torn)));

    private static readonly Gen<Step> Emit = Gen.Elements(1, 2, 5, 25).Select(frames => (Step)new EmitStep(frames));

    private static readonly Gen<Step> Any = Gen.Frequency<Step>(
        (20, Command.Select(command => (Step)command)),
        (2, from first in Command from second in Command select (Step)new TogetherStep(first, second)),
        (3,
            from command in Command.Where(command => command is not StartStep)
            from turns in Gen.Choose(0, 4)
            from other in Gen.Frequency((1, Emit), (1, Source))
            select (Step)new RaceStep(command, turns, other)),
        (20, Time.Select(by => (Step)new AdvanceStep(by))),
        (2, Emit),
        (10, Source),
        (5, Disk),
        (1, Gen.Elements(false, true).Select(fails => (Step)new JoinStep(fails))),
        (1, Gen.Elements(false, true).Select(dies => (Step)new LeaveStep(dies))));

    private static readonly Gen<Story> All =
        from seed in Gen.Choose(0, 1_000_000)
        from setup in Gen.Elements(Setup.All.AsEnumerable())
        from length in Gen.Choose(2, LongestStory)
        from begins in Gen.Frequency((3, Start.Select(start => new Step[] { start })), (1, Gen.Constant(Array.Empty<Step>())))
        from steps in Gen.ArrayOf(Any, length)
        select new Story(seed, setup, [.. begins, .. steps]);

    public static Arbitrary<Story> Arbitrary => Arb.From(All, Shrink);

    /// <summary>The shorter stories: without a part, or with a simpler step, and with the same seed.</summary>
    private static IEnumerable<Story> Shrink(Story story)
    {
        var steps = story.Steps;
        for (var part = steps.Length; part > 0; part /= 2)
        {
            for (var from = 0; from + part <= steps.Length; from += part)
                yield return story with { Steps = steps.RemoveRange(from, part) };
        }

        for (var place = 0; place < steps.Length; place++)
        {
            foreach (var simpler in Simpler(steps[place]))
                yield return story with { Steps = steps.SetItem(place, simpler) };
        }

        if (story.Setup != Setup.Default)
            yield return story with { Setup = Setup.Default };
    }

    private static IEnumerable<Step> Simpler(Step step) => step switch
    {
        StartStep { Duration: not null } start => [start with { Duration = null }, start with { Timeslice = null }],
        StartStep { Timeslice: not null } => [new StartStep()],
        TogetherStep both => [both.First, both.Second],
        RaceStep both => [both.Command, both.Other],
        AdvanceStep { By.TotalMilliseconds: > 1000 } => [new AdvanceStep(TimeSpan.FromSeconds(1))],
        AdvanceStep { By.TotalMilliseconds: > 80 } advance =>
            [new AdvanceStep(TimeSpan.FromMilliseconds(80)), new AdvanceStep(advance.By / 2)],
        AdvanceStep or EmitStep { Frames: > 1 } => [new EmitStep(1)],
        _ => [],
    };

    private static TimeSpan? Milliseconds(int count) => TimeSpan.FromMilliseconds(count);

    private static Gen<Step> Turns(params Turn[] turns) => Gen.Elements(turns).Select(turn => (Step)new SourceStep(turn));
}

using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Testing.Tests;

/// <summary>Takes over scripted cameras, in virtual time.</summary>
public sealed class TakeSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Every_recorder_of_a_take_begins_with_a_key_frame_before_the_moment()
    {
        var recorders = Enumerable.Range(1, 64).Select(number => CreateRecorder(Camera(number))).ToList();
        var take = ArmTake(recorders);
        Clock.Advance(3 * Second);
        take.Now.Angles.ShouldAllBe(angle => angle.State == AngleState.Ready);

        var started = take.Start();
        var moment = Clock.GetUtcNow();

        started.At.ShouldBe(moment);
        started.State.ShouldBe(TakeState.Recording);
        started.Angles.ShouldAllBe(angle => angle.State == AngleState.Recording);
        Clock.Advance(4 * Second);
        var now = take.Now;
        now.Angles.ShouldAllBe(angle => angle.Offset <= TimeSpan.Zero && angle.Offset > -1.5 * Second && !angle.IsLate);
        take.Stop().State.ShouldBe(TakeState.Done);
        foreach (var (recorder, angle) in recorders.Zip(now.Angles))
        {
            recorder.ExpectStarted().Recording.ShouldBe(angle.Recordings.ShouldHaveSingleItem());
            recorder.Blobs[0].CapturedAt.ShouldBeLessThanOrEqualTo(moment);
            recorder.Blobs[^1].CapturedAt.ShouldBeGreaterThan(moment);
        }
    }

    [Fact]
    public void A_take_begins_at_a_moment_that_has_passed()
    {
        var (left, right) = (CreateRecorder(Camera(1)), CreateRecorder(Camera(2)));
        var take = ArmTake(left, right);
        Clock.Advance(10 * Second);
        var moment = Clock.GetUtcNow() - (8 * Second);

        take.Start(moment).At.ShouldBe(moment);

        Clock.Advance(2 * Second);
        take.Now.Angles.ShouldAllBe(angle => angle.Offset <= TimeSpan.Zero && angle.Offset > -1.5 * Second);
    }

    [Fact]
    public void A_take_that_is_to_have_linear_time_code_begins_with_that_of_the_clock_and_says_why_it_stays()
    {
        var (left, right) = (CreateRecorder(Camera(1)), CreateRecorder(Camera(2)));
        var take = ArmTake(new TakeProtocol.Arm { Angles = [new(left.Id), new(right.Id)], TimeCodeRecorder = right.Id });
        Clock.Advance(3 * Second);

        var started = take.Start();

        (started.TimeCodeSource, started.TimeCodeRecorder, started.TimeCodeDetail).ShouldBe((TimeCodeSource.Clock, right.Id, ""));
        Clock.Advance(3 * Second);
        var now = take.Now;
        now.TimeCode.ShouldBe(started.TimeCode);
        now.TimeCodeDetail.ShouldBe("This program cannot read the sound of recordings. The time code is that of the node's clock.");
        now.State.ShouldBe(TakeState.Recording);
        take.Stop().State.ShouldBe(TakeState.Done);
    }

    [Fact]
    public void A_moment_of_which_nothing_was_kept_is_refused_and_changes_nothing()
    {
        var take = ArmTake(CreateRecorder(Camera(1)), CreateRecorder(Camera(2)));
        Clock.Advance(3 * Second);

        Refusal(take, new TakeProtocol.Start(take.Id, Clock.GetUtcNow() - (20 * Second))).ShouldContain("kept nothing of");
        Refusal(take, new TakeProtocol.Start(take.Id, Clock.GetUtcNow() + TimeSpan.FromHours(2))).ShouldContain("more than an hour");
        take.Now.State.ShouldBe(TakeState.Armed);
        take.Start().State.ShouldBe(TakeState.Recording);
    }

    [Fact]
    public void A_take_begins_at_a_moment_to_come()
    {
        var recorder = CreateRecorder(Camera(1));
        var take = ArmTake(recorder);
        Clock.Advance(2 * Second);

        take.Start(Clock.GetUtcNow() + (5 * Second)).State.ShouldBe(TakeState.Committed);
        Clock.Advance(4 * Second);
        recorder.State.ShouldBe(RecorderState.Inactive);
        Clock.Advance(2 * Second);

        recorder.State.ShouldBe(RecorderState.Recording);
        take.Now.Angles[0].Offset!.Value.ShouldBeInRange(-1.5 * Second, TimeSpan.Zero);
    }

    [Fact]
    public void The_answer_says_of_each_recorder_why_it_is_not_ready()
    {
        var lost = Camera(1);
        lost.RefuseConnection("No route to host.");
        var busy = CreateRecorder(Camera(2));
        busy.Start();

        var take = ArmTake(new TakeProtocol.Arm
        {
            Angles = [.. new[] { CreateRecorder(lost).Id, busy.Id, CreateRecorder(Camera(3)).Id, new RecorderId("nobody") }.Select(id => new TakeProtocol.AngleRequest(id))],
            IsStrict = true,
        });
        Clock.Advance(2 * Second);

        var angles = take.Now.Angles;
        angles.Select(angle => angle.Obstacle).ShouldBe([TakeObstacle.NoKeyFrame, TakeObstacle.Busy, TakeObstacle.None, TakeObstacle.Refused]);
        angles.Where(angle => angle.Obstacle != TakeObstacle.None).ShouldAllBe(angle => angle.Detail.Length > 0);
        Refusal(take, new TakeProtocol.Start(take.Id)).ShouldContain("strict");
    }

    [Fact]
    public void A_take_that_is_not_strict_begins_without_a_lost_camera_which_joins_when_it_returns()
    {
        var camera = Camera(1);
        camera.RefuseConnection("No route to host.");
        var late = CreateRecorder(camera);
        var take = ArmTake(CreateRecorder(Camera(2)), late);
        Clock.Advance(2 * Second);

        take.Start().Angles.Select(angle => angle.State).ShouldBe([AngleState.Recording, AngleState.Missing]);
        Clock.Advance(3 * Second);
        late.State.ShouldBe(RecorderState.Inactive);
        camera.AllowConnection();
        Clock.Advance(10 * Second);

        late.State.ShouldBe(RecorderState.Recording);
        var joined = take.Now.Angles[1];
        (joined.State, joined.IsLate).ShouldBe((AngleState.Recording, true));
        joined.Offset!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public void Two_takes_over_one_recorder_are_refused_until_the_first_ends()
    {
        var (shared, other) = (CreateRecorder(Camera(1)), CreateRecorder(Camera(2)));
        var first = ArmTake(shared);

        Should.Throw<SpecFailedException>(() => ArmTake(other, shared)).Message.ShouldContain($"belongs to take 1 of scene 1 ({first.Id})");
        first.Stop().State.ShouldBe(TakeState.Done);

        var second = ArmTake(other, shared);
        second.Now.Slate.Take.ShouldBe(2);
    }

    [Fact]
    public void A_start_that_was_under_way_when_its_take_ended_begins_nothing()
    {
        var recorder = CreateRecorder(Camera(1));
        var take = ArmTake(recorder);
        Clock.Advance(3 * Second);
        take.Start();
        take.Stop();

        var answer = recorder.Send(new Start(recorder.Id, Second) { Take = take.Id, At = Clock.GetUtcNow() });

        answer.ShouldBeOfType<Refused>().Error.Message.ShouldContain($"Take {take.Id} has ended");
        recorder.State.ShouldBe(RecorderState.Inactive);
        Clock.Advance(2 * Second);
        recorder.Start();
    }

    [Fact]
    public void Numbers_rise_by_scene_and_are_never_used_again()
    {
        var recorder = CreateRecorder(Camera(1));
        var numbers = new List<int>();
        foreach (var scene in new[] { "12A", "12A", "13", "12a", "12A" })
        {
            var take = ArmTake(new TakeProtocol.Arm { Angles = [new TakeProtocol.AngleRequest(recorder.Id)], Slate = new Slate { Scene = scene } });
            numbers.Add(take.Stop().Slate.Take);
        }

        numbers.ShouldBe([1, 2, 1, 3, 4]);
    }

    [Fact]
    public void A_command_reaches_every_recorder_and_says_which_state_each_reached()
    {
        var (left, right) = (CreateRecorder(Camera(1)), CreateRecorder(Camera(2)));
        var take = ArmTake(left, right);
        Clock.Advance(2 * Second);
        take.Start();
        Clock.Advance(2 * Second);
        right.Stop();

        var paused = take.Send(new TakeProtocol.Command(take.Id, TakeVerb.Pause)).ShouldBeOfType<TakeProtocol.Commanded>();

        paused.Answers.Select(answer => (answer.Recorder, answer.State, answer.Error is null))
            .ShouldBe([(left.Id, RecorderState.Paused, true), (right.Id, RecorderState.Inactive, false)]);
        Clock.Advance(2 * Second);
        take.Now.Angles.Select(angle => angle.State).ShouldBe([AngleState.Paused, AngleState.Missing]);
        take.Stop().State.ShouldBe(TakeState.Done);
        left.State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public void The_recorders_of_a_take_that_has_ended_are_free_for_the_next_one_at_once()
    {
        var (left, right) = (CreateRecorder(Camera(1)), CreateRecorder(Camera(2)));
        var take = ArmTake(left, right);
        Clock.Advance(2 * Second);
        take.Start();
        Clock.Advance(2 * Second);
        take.Stop();

        var next = ArmTake(left, right);
        Clock.Advance(3 * Second);

        next.Now.Angles.ShouldAllBe(angle => angle.State == AngleState.Ready, string.Join(' ', next.Now.Angles.Select(angle => angle.Detail)));
    }

    [Fact]
    public void A_camera_that_drifts_is_measured()
    {
        var camera = Camera(1);
        camera.JudgeTimestamps();
        camera.SetRate(camera.Video, 1.0002);
        var take = ArmTake(CreateRecorder(camera), CreateRecorder(Camera(2)));
        Clock.Advance(2 * Second);
        take.Start();
        Clock.Advance(TimeSpan.FromMinutes(2));

        var angles = take.Now.Angles;
        Math.Abs(angles[0].Times!.Drift.TotalMilliseconds).ShouldBe(24, 6);
        angles[0].Detail.ShouldContain("drift");
        Math.Abs(angles[1].Times!.Drift.TotalMilliseconds).ShouldBeLessThan(6);
    }

    [Fact]
    public void A_slate_is_changed_afterwards_and_its_history_kept()
    {
        var take = ArmTake(CreateRecorder(Camera(1), id: "cam1"));
        take.Now.Angles[0].Name.ShouldBe("11_cam1_1");
        take.Stop();

        var rated = take.Send(new TakeProtocol.Change(take.Id) { Rating = TakeRating.Circled, Notes = "The best one." }).ShouldBeOfType<Take>();
        var moved = take.Send(new TakeProtocol.Change(take.Id) { Scene = "14B" }).ShouldBeOfType<Take>();

        rated.Slate.Rating.ShouldBe(TakeRating.Circled);
        (moved.Slate.Scene, moved.Slate.Take, moved.Angles[0].Name).ShouldBe(("14B", 1, "14B1_cam1_1"));
        moved.History.Select(change => (change.What, change.From, change.To)).ShouldBe([("notes", "", "The best one."), ("rating", "none", "circled"), ("scene", "1", "14B")]);
    }

    [Theory]
    [InlineData("12/A", "{scene}{take}_{camera}", "cannot contain /")]
    [InlineData("12A", "{scene}{take}", "would overwrite")]
    [InlineData("12A", "{scene}_{lens}_{camera}", "is no template")]
    [InlineData("12A", "{scene}/{camera}", "cannot name a file")]
    [InlineData("", "{camera}", "'scene' has 1 to 64 characters")]
    public void Names_that_no_file_can_have_are_refused(string scene, string template, string expected)
    {
        var (left, right) = (CreateRecorder(Camera(1)), CreateRecorder(Camera(2)));
        Should.Throw<SpecFailedException>(() => ArmTake(new TakeProtocol.Arm
        {
            Angles = [new TakeProtocol.AngleRequest(left.Id), new TakeProtocol.AngleRequest(right.Id)],
            Slate = new Slate { Scene = scene, Template = template },
        })).Message.ShouldContain(expected);
    }

    [Fact]
    public void A_recorder_that_records_something_else_is_not_touched_by_the_take()
    {
        var (ours, theirs) = (CreateRecorder(Camera(1)), CreateRecorder(Camera(2)));
        theirs.Start();
        var take = ArmTake(ours, theirs);
        Clock.Advance(3 * Second);
        take.Start().Angles.Select(angle => angle.State).ShouldBe([AngleState.Recording, AngleState.Missing]);
        Clock.Advance(2 * Second);

        take.Send(new TakeProtocol.Command(take.Id, TakeVerb.Pause)).ShouldBeOfType<TakeProtocol.Commanded>();
        theirs.State.ShouldBe(RecorderState.Recording);
        take.Stop().State.ShouldBe(TakeState.Done);

        theirs.State.ShouldBe(RecorderState.Recording);
        ours.State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public void The_recorders_of_a_take_are_free_for_the_next_one_and_let_their_cameras_go()
    {
        var camera = Camera(1);
        var recorder = CreateRecorder(camera);
        for (var number = 1; number <= 3; number++)
        {
            var take = ArmTake(recorder);
            Clock.Advance(2 * Second);
            take.Start().Angles[0].State.ShouldBe(AngleState.Recording);
            Clock.Advance(2 * Second);
            take.Stop().State.ShouldBe(TakeState.Done);
            camera.Subscribers.ShouldBe(0);
        }
    }

    [Fact]
    public void A_recorder_with_a_short_pre_roll_keeps_as_much_as_others_while_it_is_armed()
    {
        var recorder = CreateRecorder(Camera(1), new RecorderOptions { PreRoll = 2 * Second });
        var take = ArmTake(recorder);
        Clock.Advance(12 * Second);

        take.Start(Clock.GetUtcNow() - (8 * Second)).State.ShouldBe(TakeState.Recording);
        Clock.Advance(Second);
        take.Now.Angles[0].Offset!.Value.ShouldBeInRange(-1.5 * Second, TimeSpan.Zero);
    }

    [Fact]
    public void What_a_broken_disk_cannot_store_is_refused_and_the_take_can_still_be_stopped()
    {
        var recorder = CreateRecorder(Camera(1));
        var take = ArmTake(recorder);
        Clock.Advance(2 * Second);
        take.Start();
        Clock.Advance(2 * Second);
        Disk.FailFlushes();

        Refusal(take, new TakeProtocol.Mark(take.Id, "clap")).ShouldContain("cannot be stored");
        Disk.Repair();
        take.Now.Marks.ShouldBeEmpty();
        take.Stop().State.ShouldBe(TakeState.Done);
        recorder.State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public void Two_angles_of_one_name_are_refused()
    {
        var (left, right) = (CreateRecorder(Camera(1)), CreateRecorder(Camera(2)));
        Should.Throw<SpecFailedException>(() => ArmTake(new TakeProtocol.Arm
        {
            Angles = [new TakeProtocol.AngleRequest(left.Id, Angle: "A"), new TakeProtocol.AngleRequest(right.Id, Angle: "a")],
        })).Message.ShouldContain("are both angle A");
    }

    [Fact]
    public void A_recorder_that_is_armed_by_nobody_lets_its_camera_go()
    {
        var camera = Camera(1);
        var recorder = CreateRecorder(camera);
        recorder.Send(new Arm(recorder.Id, new TakeId("a"))).ShouldBeOfType<Armed>();
        camera.Subscribers.ShouldBe(1);

        Clock.Advance(Arm.Lease + Second);

        camera.Subscribers.ShouldBe(0);
        recorder.Status.Take.ShouldBeNull();
    }

    private ScriptedSource Camera(int number)
    {
        var camera = Source($"camera{number}");
        // Their key frames do not fall together.
        Clock.Advance(TimeSpan.FromMilliseconds(number % 10 * 70));
        return camera;
    }

    private static string Refusal(TestTake take, object request) => take.Send(request).ShouldBeOfType<TakeProtocol.Refused>().Error.Message;
}

using System.Net;
using System.Net.Sockets;
using Akka.Remote;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;
using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.ControlPlane;

/// <summary>Real control planes that join, lose each other and come back.</summary>
public class ControlPlaneSpecs(ITestOutputHelper output)
{
    [Fact]
    public async Task Nodes_join_each_other_and_a_node_that_is_drained_gives_everything_to_the_others()
    {
        await using var planes = new PlanesUnderTest(recorders: 12);
        await planes.StartAsync("n1", "n2");
        await planes.UntilMembersAsync("n1", "n2");
        await planes.UntilEachHasOneHolderAsync("n1", "n2");
        await planes.StartAsync("n3");
        await planes.UntilMembersAsync("n1", "n2", "n3");
        planes["n3"].Service.Formation.ShouldNotBeNull();
        planes["n3"].Service.Formation.ShouldBe(planes["n1"].Service.Formation);
        await planes.UntilEachHasOneHolderAsync("n1", "n2", "n3");

        planes["n1"].Side.Drain();

        output.WriteLine($"drained after {await planes.UntilEachHasOneHolderAsync("n2", "n3")}");
    }

    [Fact]
    public async Task The_others_hold_what_a_node_held_that_died()
    {
        await using var planes = new PlanesUnderTest(recorders: 30);
        await planes.StartAsync("n1", "n2", "n3");
        await planes.UntilMembersAsync("n1", "n2", "n3");
        await planes.UntilEachHasOneHolderAsync("n1", "n2", "n3");
        planes["n1"].Side.Held.ShouldNotBeEmpty();

        await planes["n1"].KillAsync();

        var took = await planes.UntilEachHasOneHolderAsync("n2", "n3");
        output.WriteLine($"of three, held again after {took}");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(6));

        await planes["n2"].KillAsync();

        took = await planes.UntilEachHasOneHolderAsync("n3");
        output.WriteLine($"of two, held again after {took}");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task Of_three_nodes_of_which_two_die_at_once_the_third_holds_everything()
    {
        await using var planes = new PlanesUnderTest(recorders: 30);
        await planes.StartAsync("n1", "n2", "n3");
        await planes.UntilMembersAsync("n1", "n2", "n3");
        await planes.UntilEachHasOneHolderAsync("n1", "n2", "n3");

        await Task.WhenAll(planes["n1"].KillAsync(), planes["n2"].KillAsync());

        var took = await planes.UntilEachHasOneHolderAsync("n3");
        output.WriteLine($"held again after {took}");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(6));
        planes.Log.ShouldNotContain(line => line.Contains("This node ends its part", StringComparison.Ordinal), "two that are dead have no vote");
    }

    [Fact]
    public async Task A_control_plane_that_was_killed_or_quarantined_comes_back_while_its_node_goes_on_recording()
    {
        Environment.ExitCode = 7;
        await using var planes = new PlanesUnderTest(recorders: 12);
        await planes.StartAsync("n1", "n2");
        await planes.UntilMembersAsync("n1", "n2");
        await planes.UntilEachHasOneHolderAsync("n1", "n2");
        var killed = planes[planes.HoldersOf(planes.Wanted[0]).Single()];
        var before = killed.Service.System;

        await killed.KillControlPlaneAsync();

        var took = await planes.UntilAsync(() =>
        {
            planes.Wanted.ShouldAllBe(recorder => planes.HoldersOf(recorder).Any());
            return killed.Service.System is { } now && now != before && planes.AreMembers("n1", "n2");
        }, "it is a member again");
        output.WriteLine($"a member again after {took}");
        await planes.UntilEachHasOneHolderAsync("n1", "n2");
        planes.Log.ShouldNotContain(line => line.Contains("has died", StringComparison.Ordinal), "its process lives");

        before = planes["n2"].Service.System;
        var (quarantined, quarantining) = (Akka.Cluster.Cluster.Get(before).SelfUniqueAddress, planes["n1"].Service.System!);
        ((IRemoteActorRefProvider)((ExtendedActorSystem)quarantining).Provider).Quarantine(quarantined.Address, quarantined.Uid);

        took = await planes.UntilAsync(() => planes["n2"].Service.System is { } now && now != before && planes.AreMembers("n1", "n2"), "it is a member again");
        output.WriteLine($"a member again after {took} when it was quarantined");
        Environment.ExitCode.ShouldBe(7);
        Environment.ExitCode = 0;
    }

    [Fact]
    [Trait("Length", "Long")]
    public async Task Killed_downed_and_quarantined_again_and_again_control_planes_come_back_and_nobody_stops_recording()
    {
        var random = new Random(17);
        await using var planes = new PlanesUnderTest(recorders: 12);
        await planes.StartAsync("n1", "n2", "n3");
        await planes.UntilMembersAsync("n1", "n2", "n3");
        await planes.UntilEachHasOneHolderAsync("n1", "n2", "n3");
        var most = TimeSpan.Zero;
        for (var time = 0; time < Length.Of("RECORDER_CLUSTER_PLANES", 3); time++)
        {
            var victim = planes[$"n{1 + random.Next(3)}"];
            var other = planes.Each.First(plane => plane != victim).Service.System!;
            var before = victim.Service.System!;
            var self = Akka.Cluster.Cluster.Get(before).SelfUniqueAddress;
            if (time % 3 == 0)
                await victim.KillControlPlaneAsync();
            else if (time % 3 == 1)
                Akka.Cluster.Cluster.Get(other).Down(self.Address);
            else
                ((IRemoteActorRefProvider)((ExtendedActorSystem)other).Provider).Quarantine(self.Address, self.Uid);

            var took = await planes.UntilAsync(() =>
            {
                planes.Wanted.ShouldAllBe(recorder => planes.HoldersOf(recorder).Any());
                return victim.Service.System is { } now && now != before && planes.AreMembers("n1", "n2", "n3");
            }, "it is a member again", 180); // Who is lost twice soon after it joined forms alone, and merges later each time.
            most = took > most ? took : most;
            await planes.UntilEachHasOneHolderAsync("n1", "n2", "n3");
        }

        var moves = planes.Each.SelectMany(plane => plane.Side.Held).Sum(held => held.Report.Tenure.Term - 1);
        output.WriteLine($"a member again after {most.TotalSeconds:0.0} s at most; {moves} tenures of {planes.Wanted.Count} recorders after their first");
    }

    [Fact]
    public async Task A_recorder_waits_for_a_node_with_the_label_that_it_requires_and_a_cloned_node_stays_outside()
    {
        await using var planes = new PlanesUnderTest(recorders: 6, placeOf: number => number % 2 == 0 ? "site:hall" : "site:yard");
        await planes.StartAsync("n1", ("site", "hall"));
        await planes.UntilAsync(() => planes["n1"].Side.Held.Count == 3, "the hall's recorders are held");

        await planes.StartAsync("n2", ("site", "yard"));

        await planes.StartCloneAsync("n1", "clone");
        await planes.UntilEachHasOneHolderAsync("n1", "n2");
        await planes.UntilAsync(() => planes.Log.Any(line => line.Contains("is called n1 as well", StringComparison.Ordinal)), "the clone stays outside");
        planes["clone"].Side.Members.ShouldBeEmpty();
        planes.Wanted.ShouldAllBe(recorder => planes.HoldersOf(recorder).Single() == (recorder.Place == "site:hall" ? "n1" : "n2"));
    }

    [Fact]
    public async Task Two_formations_that_see_each_other_become_one_and_know_what_both_knew()
    {
        await using var planes = new PlanesUnderTest(recorders: 1);
        RegisteredRecorder[] registers = [Register("cam-1", "n1"), Register("cam-2", "n2"), Register("cam-3", "n2")];
        planes.IsApart = true;
        await planes.StartAsync("n1", "n2");
        planes["n1"].Side.Merge([registers[0]]);
        planes["n2"].Side.Merge([registers[1]]);
        await planes.UntilAsync(() => planes.AreMembers("n1") && planes.AreMembers("n2"), "each is alone");
        await planes.UntilAsync(() => planes.HoldersOf(planes.Wanted[0]).Count() == 2, "both hold");

        planes.IsApart = false;

        output.WriteLine($"one after {await planes.UntilMembersAsync("n1", "n2")}");
        await planes.UntilAsync(() => planes.Each.All(plane => plane.Side.ReadRegistry().ToHashSet().SetEquals(registers[..2])), "both know everything");

        planes["n2"].Side.Merge([registers[2]]);
        planes["n2"].Service.Spread([registers[2]]);
        await planes.UntilAsync(() => planes["n1"].Side.ReadRegistry().ToHashSet().SetEquals(registers), "a change is told");

        RegisteredRecorder[] untold = [Register("cam-4", "n1"), Register("cam-5", "n2")];
        planes["n1"].Side.Merge([untold[0]]);
        planes["n2"].Side.Merge([untold[1]]);
        await planes.UntilAsync(() => planes.Each.All(plane => plane.Side.ReadRegistry().ToHashSet().SetEquals([.. registers, .. untold])), "changes that were not told are found", 5);

        await planes.UntilEachHasOneHolderAsync("n1", "n2");
        var (recorder, successor) = (planes.Wanted[0].Id, new Tenure(9, "n2", StartId.Draw()));
        var holder = planes.HoldersOf(planes.Wanted[0]).Single();
        var asking = planes[holder == "n1" ? "n2" : "n1"].Service;
        (await asking.HandOverAsync(holder, recorder, successor, TimeSpan.FromSeconds(3))).History.ShouldBe($"\"{successor}\"");
        await Should.ThrowAsync<TimeoutException>(() => asking.HandOverAsync("n9", recorder, successor, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_and_tried_again()
    {
        await using var planes = new PlanesUnderTest(recorders: 1);
        using (var taken = new TcpListener(IPAddress.Loopback, planes.PortOf("n1")))
        {
            taken.Start();
            await planes.StartAsync("n1");
            await planes.UntilAsync(() => planes.Log.Any(line => line.Contains("is used by another program", StringComparison.Ordinal)), "it says so");
        }

        await planes.UntilMembersAsync("n1");
    }

    private static RegisteredRecorder Register(string id, string node) =>
        RegisteredRecorder.Create(new RecorderId(id), "{}", DesiredState.Recording, node);
}

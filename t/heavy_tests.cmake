# Tests that take half a second or more in the release build, two thirds of the time of all that are not slow: whole
# searches, proofs and shrinking by the command. A sanitizer makes minutes of them, in code that shorter tests run too.
set(heavy_tests
    Claims.NothingIsPredictedWhereTheSeriesHasNoHang
    Claims.SixteenJobsOnSmallZones_WaitForNoZoneWhileTheyOwnAnother
    Claims.SixteenJobs_HangBeforeTheSeriesAndNotWithIt
    JsonSchema.CheckRunReplayAndShrink_Fit
    JsonSchema.MatrixAndProve_Fit
    JsonSchema.ReportsMadeByHand_Fit
    PlainCheck.AJobOfFullSizeThatHangs_IsFoundInShortPieces
    PlainCheck.AJobThatCanBeProved_Is
    ProveCommand.MixedJobs_HangUnderTheSeries
    ProveCommand.RepairedWriters_AreProvedWithEveryAssumption
    ProveCommand.Text_NamesAssumptionsAndEvidence
    ShrinkCommand.HangOfEachKindOfJob_StaysWhatItIs
    ShrinkCommand.HangOfTheStressJob_NeedsTwoOfItsSixteenJobs
    ShrinkCommand.Line_IsShrunkWithItsJobAndPrintsWhatReplaysIt
    ShrinkCommand.Livelock_KeepsItsCycle
    WaitShapes.WhatIsLeftOutMattersIfItCouldBeInARing
    Traces/CutTrace.SaysWhatIsSaidOfThePartBefore_AndNoTaskHangsThatGoesOn/trace_flood600
    Inputs/Trust.AnswersRight/trace_flood600
    Jobs/RememberedSteps.LeadWhereTheProgramGoes/2
    Jobs/RememberedSteps.LeadWhereTheProgramGoes/3
    Jobs/RememberedSteps.LeadWhereTheProgramGoes/4
    Inputs/Trust.AnswersRight/proof_conventional
    Inputs/Trust.AnswersRight/proof_depth
    Inputs/Trust.AnswersRight/proof_device_limit
    Inputs/Trust.AnswersRight/proof_one_block)
